// Carbone, kept warm: prints every order of a folder as PDF by so many offices at once.
//   node carbone.js OFFICES TEMPLATE ORDERS TARGET
// Says "ready" once its offices are up, begins at a line on standard input, then says "done".
const fs = require('fs');
const path = require('path');
const readline = require('readline');
const carbone = require(require.resolve('carbone', { paths: [process.cwd()] }));

const [offices, template, orders, target] = process.argv.slice(2);
carbone.set({ factories: Number(offices), startFactory: true, templatePath: path.dirname(template), lang: 'en' });
const names = fs.readdirSync(orders).sort();

function print(name) {
  return new Promise((done, failed) => {
    const order = JSON.parse(fs.readFileSync(path.join(orders, name), 'utf8'));
    carbone.render(path.basename(template), order, { convertTo: 'pdf' }, (error, pdf) => {
      if (error) return failed(error);
      fs.writeFileSync(path.join(target, name.replace('.json', '.pdf')), pdf);
      done();
    });
  });
}

async function main() {
  await Promise.all(Array.from({ length: Number(offices) }, () => print(names[0])));
  console.log('ready');
  await new Promise((go) => readline.createInterface({ input: process.stdin }).once('line', go));
  let next = 0;
  await Promise.all(Array.from({ length: Number(offices) }, async () => {
    while (next < names.length) await print(names[next++]);
  }));
  console.log('done');
  await new Promise(() => setInterval(() => {}, 1000));
}

main().catch((error) => { console.error(error); process.exit(1); });
