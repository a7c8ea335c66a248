"""Every sentence that a person reads in front of the camera, by reason code: what is wrong, and what to do."""

from typing import NamedTuple

from core.face.gestures import Gesture


class Sentence(NamedTuple):
    """What is wrong and what to do about it."""

    sentence: str
    hint: str


PORTRAIT = {
    "no_face": Sentence("照片中没有找到人脸。", "请上传本人正面免冠照片。"),
    "many_faces": Sentence("照片中有不止一张人脸。", "请上传只有本人一人的照片。"),
    "not_frontal": Sentence("照片不是正面照。", "请正对镜头、头不要歪，再拍一张。"),
    "too_small": Sentence("照片中的人脸太小。", "请靠近一些拍摄，使人脸占照片宽度的三分之一左右。"),
    "too_dark": Sentence("照片太暗。", "请面向光亮处重新拍摄。"),
    "glare": Sentence("照片过亮或反光。", "请避开强光直射，重新拍摄。"),
    "blurred": Sentence("照片模糊。", "请拿稳手机、擦净镜头后重新拍摄。"),
    "eyes_closed": Sentence("照片中眼睛闭着或被遮挡。", "请睁开眼睛，取下墨镜后重新拍摄。"),
    "mouth_covered": Sentence("照片中口鼻被遮挡。", "请取下口罩、移开遮挡后重新拍摄。"),
    "other_person": Sentence("与证件照不像同一个人。", "请选择本人的照片；证件照有误时请先更换证件照。"),
}
LIVE = {
    "no_face": "请站到屏幕前，看着镜头",
    "many_faces": "请只留一个人在镜头前",
    "too_small": "请靠近一点",
    "too_near": "请退后一点",
    "too_dark": "请转向光亮处",
    "glare": "请避开强光",
    "not_frontal": "请正对屏幕",
    "blurred": "请站稳，不要晃动",
    "eyes_closed": "请睁开眼睛看镜头",
    "mouth_covered": "请取下口罩",
    "dark_picture": "画面全黑，请开灯并检查镜头是否被遮挡",
    "white_picture": "画面过亮，请避开强光或转动摄像头",
    "still_picture": "画面没有变化，请检查摄像头",
    "upside_down": "画面倒置，请检查摄像头安装方向",
}
HOLD = "请保持不动"
AHEAD = "请回正，看镜头"
DONE = "识别完成"
ASK = {Gesture.LEFT: "请向左转头", Gesture.RIGHT: "请向右转头", Gesture.BLINK: "请眨眨眼"}
_AGAIN = "请重新开始，跟着提示一步一步做。"
REFUSED = {
    "no_candidates": Sentence("本机没有可比对的人脸。", "请联网同步后再试，或请管理人员确认证件照已审核。"),
    "other_model": Sentence(
        "本机的人脸模型与服务器不同，无法比对人脸。",
        "请管理人员核对服务器与本机的人脸模型设置（服务菜单“人脸识别”）。",
    ),
    "not_seen": Sentence("没有看清人脸。", "请面向光亮处、站近一些，正对屏幕再试。"),
    "dark_picture": Sentence(
        "摄像头画面全黑。", "请开灯并检查镜头是否被遮挡，然后重试；仍不行请联系管理员。"
    ),
    "white_picture": Sentence(
        "摄像头画面过亮。", "请避开直射镜头的强光，或转动摄像头，然后重试；仍不行请联系管理员。"
    ),
    "still_picture": Sentence("摄像头画面没有变化。", "请重新插拔摄像头或重新启动本机后再试。"),
    "upside_down": Sentence("摄像头画面倒置。", "请检查摄像头安装方向，改正后重试。"),
    "unknown": Sentence("没有认出您是本项目人员。", "请摘下口罩或墨镜再试；不是本项目人员请联系项目负责人。"),
    "ambiguous": Sentence("无法确定您是哪一位。", "请靠近一点、正对屏幕再试；仍不行请更新证件照。"),
    "slow": Sentence("没有在规定时间内完成动作。", _AGAIN),
    "wrong": Sentence("动作与提示不一致。", _AGAIN),
    "flat": Sentence("没有检测到真人转头。", "请本人在镜头前操作，不要使用照片或屏幕。"),
    "frozen": Sentence("画面没有变化。", "请本人在镜头前操作；画面卡住时请检查摄像头。"),
    "gap": Sentence("画面中断。", "请检查摄像头后重新开始。"),
    "lost": Sentence("人脸离开了画面。", "请全程面对屏幕，不要离开，再试一次。"),
    "jump": Sentence("人脸位置突然变化。", "请站稳，不要晃动设备，再试一次。"),
    "crowd": Sentence("镜头前不止一个人。", "请只留一个人在镜头前，再试一次。"),
    "identity": Sentence("中途无法确认是同一个人。", "请本人全程面对屏幕，再试一次。"),
    "passive": Sentence("疑似照片或屏幕翻拍。", "请本人在镜头前操作，不要使用照片或屏幕。"),
}
