"""Prints the paper certificate of the storage battery example with Chromium: `python -m tools.example_paper`.

Its bytes differ from run to run, so the committed file stays as it is unless its text changes.
"""

import subprocess
import tempfile
from html import escape
from pathlib import Path

from tools.example_certificates import FOLDER, VERIFICATION


def page() -> str:
    """Return the verification certificate, as if it had been scanned a little askew."""
    said = {name: value + (" °C" if unit else "") for name, value, unit in VERIFICATION}
    rows = (
        ("证书编号", "Certificate no.", said["certificate"]),
        ("仪器", "Instrument", said["instrument"]),
        ("编号", "Serial no.", said["serial"]),
        ("准确度等级", "Class", said["class"]),
        ("测量范围", "Range", f"{said['lower']} … {said['upper']}"),
        ("最大允许误差", "Maximum permissible error", f"±{said['maximum_permissible_error']}"),
        ("检定结论", "Verdict", "合格 / pass"),
        ("检定日期", "Verified on", said["verified_at"]),
        ("有效期至", "Valid until", said["valid_until"]),
    )
    cells = "".join(
        f"<tr><th>{escape(zh)}<br><small>{escape(en)}</small></th><td>{escape(value)}</td></tr>" for zh, en, value in rows
    )
    return f"""<!doctype html><meta charset="utf-8"><title>V-2026-088</title><style>
@page {{ size: A4; margin: 0 }}
body {{ margin: 0; width: 210mm; height: 296mm; background: #f4f1e8; color: #2a2a33;
  font: 14pt 'Liberation Serif', 'Noto Sans CJK SC';
  overflow: hidden; position: relative; white-space: nowrap }}
main {{ position: absolute; inset: 22mm 24mm; transform: rotate(-.7deg) }}
h1 {{ text-align: center; letter-spacing: .4em; font-size: 30pt; margin: 12mm 0 0 }}
h2 {{ text-align: center; font-size: 14pt }} h1, h2 {{ font-weight: normal }}
table {{ width: 100%; border-collapse: collapse; margin-top: 10mm }}
th, td {{ border-bottom: .3mm solid #888; text-align: left; padding: 3mm 1mm; font-weight: normal }}
th {{ width: 42% }} small {{ color: #555 }}
.mark {{ position: absolute; top: 118mm; left: 8mm; font-size: 50pt; color: #c33; opacity: .16; transform: rotate(-28deg) }}
.note {{ position: absolute; bottom: 4mm; font-size: 10pt }}
</style><main><div style="text-align:center">示例计量检定所<br>Example verification office</div>
<h1>检定证书</h1><h2>Verification certificate</h2><table>{cells}</table>
<div class="mark">ILLUSTRATIVE 示例</div>
<div class="note">示例：未进行任何检定，等级虚构。<br>
Written for a software example: no verification took place, and the class is invented.</div></main>"""


def main() -> None:
    """Print the file."""
    with tempfile.TemporaryDirectory() as folder:
        source = Path(folder) / "page.html"
        source.write_text(page(), encoding="utf-8")
        flags = ["--headless", "--no-sandbox", "--no-pdf-header-footer", "--disable-pdf-tagging"]
        flags += [f"--user-data-dir={folder}/profile", f"--print-to-pdf={FOLDER / 'thermometer.pdf'}"]
        subprocess.run(["chromium", *flags, source.as_uri()], check=True, timeout=120, stderr=subprocess.DEVNULL)


if __name__ == "__main__":
    main()
