"""A photo of a problem, with the tablet's camera."""

from typing import Any

from core.qt.camera_view import CameraView
from core.qt.icons import icon
from core.qt.looks import button, label
from core.qt.theme import COLOURS
from kiosk.desk import Desk
from kiosk.screens.page import Page
from kiosk.states import Photographing


class PhotoScreen(Page):
    """Not mirrored: what is shown is what is kept."""

    title = "拍摄问题照片"

    def __init__(self, desk: Desk) -> None:
        super().__init__(desk, back="不拍了")
        self.body.addWidget(label("请将问题部位放在画面中央。", "big"))
        self.view = CameraView(mirrored=False, whole=True)
        self.view.show_guide(False)
        self.body.addWidget(self.view, 1)
        self._shoot = self.add_next(button("拍照", self._take, "primary", "shoot"))
        self._shoot.setIcon(icon("camera", COLOURS.on_dark))
        self._problem = 0
        desk.looker.framed.connect(self._framed)
        desk.looker.failed.connect(self._failed)

    def enter(self, state: Photographing) -> None:
        """Wait for the first picture."""
        self._problem = state.problem
        self.view.clear()
        self._shoot.setEnabled(False)

    def leave(self) -> None:
        """Forget the picture."""
        self.view.clear()

    def _framed(self, image: Any) -> None:
        if self.isVisible():
            self.view.show_frame(image)
            self._shoot.setEnabled(True)

    def _failed(self, error: BaseException) -> None:
        """Without a camera the form can still be sent, without a photo."""
        if self.isVisible():
            self.desk.messages.show_error(error)

    def _take(self) -> None:
        image = self.desk.looker.picture()
        if image is not None:
            self._shoot.setEnabled(False)  # one press, one photo
            self.desk.forming.add_photo(self._problem, image)
