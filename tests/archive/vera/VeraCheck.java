import java.io.BufferedReader;
import java.io.File;
import java.io.InputStreamReader;
import java.io.PrintStream;
import java.nio.charset.StandardCharsets;
import java.util.TreeSet;
import java.util.logging.LogManager;
import org.verapdf.gf.foundry.VeraGreenfieldFoundryProvider;
import org.verapdf.pdfa.Foundries;
import org.verapdf.pdfa.PDFAParser;
import org.verapdf.pdfa.flavours.PDFAFlavour;
import org.verapdf.pdfa.results.TestAssertion;
import org.verapdf.pdfa.results.ValidationResult;

/** Answers each path on standard input with "pass", or with "fail" and the clauses that are broken. */
public final class VeraCheck {
    private static final PDFAFlavour FLAVOUR = PDFAFlavour.PDFA_2_B;

    private VeraCheck() {
    }

    public static void main(String[] arguments) throws Exception {
        LogManager.getLogManager().reset();
        PrintStream answers = System.out;
        System.setOut(System.err);
        VeraGreenfieldFoundryProvider.initialise();
        BufferedReader questions =
            new BufferedReader(new InputStreamReader(System.in, StandardCharsets.UTF_8));
        for (String path = questions.readLine(); path != null; path = questions.readLine()) {
            answers.println(verdict(new File(path)));
            answers.flush();
        }
    }

    private static String verdict(File file) {
        try (PDFAParser parser = Foundries.defaultInstance().createParser(file, FLAVOUR)) {
            ValidationResult result =
                Foundries.defaultInstance().createValidator(FLAVOUR, false).validate(parser);
            if (result.isCompliant()) {
                return "pass";
            }
            TreeSet<String> broken = new TreeSet<>();
            for (TestAssertion assertion : result.getTestAssertions()) {
                if (assertion.getStatus() == TestAssertion.Status.FAILED) {
                    broken.add(assertion.getRuleId().getClause());
                }
            }
            return "fail " + String.join(" ", broken);
        } catch (Exception error) {
            return "fail " + error.getClass().getSimpleName();
        }
    }
}
