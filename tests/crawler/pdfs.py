"""PDF files made for the tests."""

from io import BytesIO

from reportlab.lib.pagesizes import LETTER
from reportlab.pdfgen.canvas import Canvas

MINUTES = [
    [
        "MINUTES OF THE CITY COUNCIL",
        "Regular meeting of March 3, 2026",
        "",
        "1. Mayor Vellacott called the meeting to order at six in the evening and thanked the",
        "visitors from the sister city committee for their attendance.",
        "2. Moved by Councilmember Orrin, seconded by Councilmember Tesk, to suspend the sis-",
        "ter city agreement with Kobe until further notice. The sister city committee ob-",
        "jected.",
        "Motion carried 5-2.",
    ]
]


# reportlab is untyped.
# mypy: disable-error-code="no-untyped-call"


def make_pdf(pages: list[list[str]]) -> bytes:
    file = BytesIO()
    canvas = Canvas(file, pagesize=LETTER)
    for page in pages:
        for number, line in enumerate(page):
            canvas.drawString(72, 720 - 16 * number, line)
        canvas.showPage()
    canvas.save()
    return file.getvalue()
