"""Profile: the settings a converter starts with, written anew into a folder of its own."""

from __future__ import annotations

from pathlib import Path
from typing import Final

from templates.rendering.installed import setup_version

_SETTINGS: Final = (
    # Nothing outside the document is fetched, and nothing inside it is run.
    ("/org.openoffice.Office.Common/Security/Scripting", "BlockUntrustedRefererLinks", "true"),
    ("/org.openoffice.Office.Common/Security/Scripting", "DisableMacrosExecution", "true"),
    ("/org.openoffice.Office.Common/Security/Scripting", "MacroSecurityLevel", "3"),
    ("/org.openoffice.Office.Writer/Content/Update", "Link", "2"),
    ("/org.openoffice.Office.Java/VirtualMachine", "Enable", "false"),
    # Nothing is asked, recovered or saved between.
    ("/org.openoffice.Office.Common/Misc", "FirstRun", "false"),
    ("/org.openoffice.Setup/Office", "ooSetupInstCompleted", "true"),
    ("/org.openoffice.Office.Recovery/RecoveryInfo", "Enabled", "false"),
    ("/org.openoffice.Office.Common/Save/Document", "AutoSave", "false"),
    ("/org.openoffice.Setup/L10N", "ooSetupSystemLocale", "zh-CN"),
    # Nobody types: no spelling is looked at, no words are collected.
    ("/org.openoffice.Office.Linguistic/SpellChecking", "IsSpellAuto", "false"),
    ("/org.openoffice.Office.Linguistic/GrammarChecking", "IsAutoCheck", "false"),
    ("/org.openoffice.Office.Writer/AutoFunction/Completion", "Enable", "false"),
    ("/org.openoffice.Office.Writer/AutoFunction/Completion", "CollectWords", "false"),
    # Nobody looks: LibreOfficeKit builds a window for every document, with all that is in it.
    ("/org.openoffice.Office.Writer/Layout/Window", "ShowRulers", "false"),
    ("/org.openoffice.Office.Writer/Layout/Window", "HorizontalRuler", "false"),
    ("/org.openoffice.Office.Writer/Layout/Window", "HorizontalScroll", "false"),
    ("/org.openoffice.Office.Writer/Layout/Window", "VerticalScroll", "false"),
)

_SIDEBAR: Final = ("/org.openoffice.Office.Views/Windows", "swriter/10336")
"""A fifth of the time of a short contract went into its panels."""

_STATES: Final = "/org.openoffice.Office.UI.WriterWindowState/UIElements/States"
_BARS: Final = (
    "menubar/menubar",
    "statusbar/statusbar",
    "toolbar/standardbar",
    "toolbar/textobjectbar",
    "toolbar/tableobjectbar",
    "toolbar/numobjectbar",
    "toolbar/drawingobjectbar",
    "toolbar/frameobjectbar",
    "toolbar/graphicobjectbar",
    "toolbar/drawtextobjectbar",
)

_LAST_VERSION: Final = ("/org.openoffice.Setup/Product", "ooSetupLastVersion")
"""An office that finds another version than its own tries how it can paint, for half a second."""


def write_profile(folder: Path, program: Path) -> None:
    """Make `folder` a profile with the settings above for the office in `program`.

    What stands there is overwritten.
    """
    version = setup_version(program)
    settings = [*_SETTINGS, *([(*_LAST_VERSION, version)] if version else [])]
    hidden = [_SIDEBAR, *((_STATES, f"private:resource/{bar}") for bar in _BARS)]
    items = [
        *(f'<item oor:path="{path}">{_prop(name, value)}</item>' for path, name, value in settings),
        *(
            f'<item oor:path="{path}"><node oor:name="{name}" oor:op="fuse">'
            f"{_prop('Visible', 'false')}</node></item>"
            for path, name in hidden
        ),
    ]
    (folder / "user").mkdir(parents=True, exist_ok=True)
    (folder / "user" / "registrymodifications.xcu").write_text(
        '<?xml version="1.0" encoding="UTF-8"?>\n'
        '<oor:items xmlns:oor="http://openoffice.org/2001/registry" '
        'xmlns:xs="http://www.w3.org/2001/XMLSchema" '
        'xmlns:xsi="http://www.w3.org/2001/XMLSchema-instance">\n'
        + "\n".join(items)
        + "\n</oor:items>\n",
        encoding="utf-8",
    )


def _prop(name: str, value: str) -> str:
    return f'<prop oor:name="{name}" oor:op="fuse"><value>{value}</value></prop>'
