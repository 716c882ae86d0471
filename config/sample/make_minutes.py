"""Prints the council minutes of the sample site as PDF: `python config/sample/make_minutes.py`.

The text stands beside this script in minutes/, one file a meeting, as a clerk would type it; a form feed parts the
pages. The same text always gives the same bytes, so that the committed files can be checked against it.
"""

# reportlab carries no types
# mypy: disallow-untyped-calls=False

from pathlib import Path

from reportlab.lib.pagesizes import LETTER
from reportlab.pdfgen.canvas import Canvas

HERE = Path(__file__).parent
MEETINGS = HERE / "site/council.peoria.example/meetings"
LEFT, TOP, LEADING = 72, 700, 15  # points


def print_minutes(text: Path, pdf: Path) -> None:
    """Set one meeting's text. Its first line is the running head, each further line a line of the page."""
    head, _, body = text.read_text("utf-8").partition("\n")
    pages = body.strip("\n").split("\f")
    canvas = Canvas(str(pdf), pagesize=LETTER, invariant=True, pageCompression=0)  # zlib's bytes differ between builds
    canvas.setTitle(head)
    for number, page in enumerate(pages, 1):
        canvas.setFont("Times-Roman", 9)
        canvas.drawString(LEFT, 750, head)
        canvas.drawString(LEFT, 40, "Office of the City Clerk, Peoria, Illinois")
        canvas.drawRightString(LETTER[0] - LEFT, 40, f"Page {number} of {len(pages)}")
        block = canvas.beginText(LEFT, TOP)
        block.setFont("Times-Roman", 11, leading=LEADING)
        block.textLines(page.strip("\n"), trim=0)
        canvas.drawText(block)
        canvas.showPage()
    canvas.save()


def main() -> None:
    for text in sorted((HERE / "minutes").glob("*.txt")):
        folder = MEETINGS / text.stem
        folder.mkdir(parents=True, exist_ok=True)
        print_minutes(text, folder / "minutes.pdf")


if __name__ == "__main__":
    main()
