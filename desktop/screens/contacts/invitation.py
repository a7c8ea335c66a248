"""The invitation as a QR code with its link: to be scanned from the screen, saved as a picture, or printed."""

from pathlib import Path

import segno
from PySide6.QtCore import QRectF, Qt
from PySide6.QtGui import QGuiApplication, QImage, QPainter, QPixmap
from PySide6.QtPrintSupport import QPrintDialog, QPrinter
from PySide6.QtWidgets import QDialog, QFileDialog, QHBoxLayout, QLabel, QLineEdit, QVBoxLayout, QWidget

from core.clock import from_ms
from core.qt.looks import button, label
from core.qt.messages import MessageBar
from core.qt.wording import moment
from desktop.screens.contacts.presenter import Invitation

_QUIET = 4
SIDE = 300
DEMO = "演示　本二维码属于演示服务器，不能用于真实项目"


def qr_image(text: str, pixels: int) -> QImage:
    """The QR code of a text, with its quiet zone, at least this many pixels wide."""
    matrix = [list(row) for row in segno.make(text, error="m", micro=False).matrix_iter(border=_QUIET)]
    small = QImage(len(matrix), len(matrix), QImage.Format.Format_RGB32)
    for y, row in enumerate(matrix):
        for x, dark in enumerate(row):
            small.setPixel(x, y, 0xFF000000 if dark else 0xFFFFFFFF)
    side = len(matrix) * -(-pixels // len(matrix))
    return small.scaled(side, side)


def _banner() -> QLabel:
    made = label(DEMO, "demo")
    made.setObjectName("invitation_demo")
    made.setAlignment(Qt.AlignmentFlag.AlignCenter)
    return made


class InvitationDialog(QDialog):
    """Shown once: the token is kept nowhere, a lost code is made anew."""

    def __init__(
        self, invitation: Invitation, messages: MessageBar, parent: QWidget, *, demo: bool = False
    ) -> None:
        super().__init__(parent)
        self._invitation, self._messages, self._demo = invitation, messages, demo
        self.setWindowTitle("委托单位联系人登记")
        self.setModal(True)
        picture = QLabel()
        pixmap = QPixmap.fromImage(qr_image(invitation.link, 2 * SIDE))
        pixmap.setDevicePixelRatio(pixmap.width() / SIDE)
        picture.setPixmap(pixmap)
        picture.setAlignment(Qt.AlignmentFlag.AlignCenter)
        picture.setAccessibleName("登记二维码")
        self.link = QLineEdit(invitation.link)
        self.link.setReadOnly(True)
        self.link.setObjectName("invitation_link")
        self.link.setCursorPosition(0)
        layout = QVBoxLayout(self)
        layout.setContentsMargins(24, 20, 24, 20)
        layout.setSpacing(12)
        # On a low screen Qt would squeeze the window, and the code lose the quiet zone that scanners need.
        layout.setSizeConstraint(QVBoxLayout.SizeConstraint.SetFixedSize)
        if demo:
            layout.addWidget(_banner())
        layout.addWidget(label("请委托单位的联系人用手机扫描二维码登记", "large"))
        layout.addWidget(picture)
        until = moment(from_ms(invitation.until_ms))
        layout.addWidget(label(f"只能使用一次，{until} 前有效。关闭后不再显示，可以重新生成。", "soft"))
        layout.addWidget(self.link)
        layout.addLayout(self._buttons())

    def save_to(self, path: Path) -> None:
        """Write the code as a picture."""
        path = path if path.suffix.lower() in (".png", ".jpg", ".bmp") else path.with_name(path.name + ".png")
        if qr_image(self._invitation.link, 900).save(str(path)):
            self._messages.show_message(f"二维码已保存：{path}", "good")
        else:
            self._messages.show_message(f"二维码没有保存，无法写入：{path}。请换一个文件夹再试。", "bad")

    def _buttons(self) -> QHBoxLayout:
        row = QHBoxLayout()
        row.addWidget(button("复制链接", self._copy, "", "invitation_copy"))
        row.addWidget(button("保存图片…", self._save, "", "invitation_save"))
        row.addWidget(button("打印…", self._print, "", "invitation_print"))
        row.addStretch(1)
        row.addWidget(button("关闭", self.accept, "primary", "invitation_close"))
        return row

    def _copy(self) -> None:
        QGuiApplication.clipboard().setText(self._invitation.link)

    def _save(self) -> None:
        name, _kind = QFileDialog.getSaveFileName(
            self, "保存二维码", "联系人登记二维码.png", "PNG 图片 (*.png)"
        )
        if name:
            self.save_to(Path(name))

    def _print(self) -> None:
        printer = QPrinter(QPrinter.PrinterMode.HighResolution)
        if QPrintDialog(printer, self).exec() == QDialog.DialogCode.Accepted:
            self.print_on(printer)

    def print_on(self, printer: QPrinter) -> None:
        """Code, sentence and link on one page."""
        painter = QPainter(printer)
        page = QRectF(printer.pageLayout().paintRectPixels(printer.resolution()))
        side = page.width() * 0.5
        where = QRectF((page.width() - side) / 2, page.height() * 0.15, side, side)
        painter.drawImage(where, qr_image(self._invitation.link, 900))
        until = moment(from_ms(self._invitation.until_ms))
        head = f"{DEMO}\n" if self._demo else ""
        text = (
            f"{head}委托单位联系人登记\n请用手机扫描，{until} 前有效，只能使用一次\n\n{self._invitation.link}"
        )
        below = QRectF(0, where.bottom(), page.width(), page.height() * 0.3)
        flags = Qt.AlignmentFlag.AlignHCenter | Qt.TextFlag.TextWrapAnywhere
        font = painter.font()
        font.setPixelSize(int(printer.resolution() * 0.18))
        painter.setFont(font)
        painter.drawText(below, flags, text)
        painter.end()
