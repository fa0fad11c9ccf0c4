"""Names and people of the demo county. All are invented: identity numbers and telephone numbers cannot exist."""

from __future__ import annotations

from dataclasses import dataclass

from redline.tools.demo.dice import Dice

COUNTY = "990101"
COUNTY_NAME = "示范县"
TOWNSHIP_NAMES = ("城关镇", "柳河镇", "石桥镇", "青山乡", "大泉乡", "白塔乡")
SEAT_NAMES = ("城中社区", "柳河村", "石桥村", "青山村", "大泉村", "白塔村")
SUBURB_NAMES = ("东关村", "南关村", "西关村", "北关村", "城郊村", "五里铺村", "十里店村")
VILLAGE_NAMES = (
    "李家庄村", "王家湾村", "赵家峪村", "西河底村", "东河底村", "上庄村", "下庄村", "杨树底村", "柳林村", "槐树坪村",
    "枣林村", "桃园村", "梨树沟村", "石门村", "石佛村", "马家窑村", "韩家岭村", "郭家坪村", "段家沟村", "高崖村",
    "白家坡村", "新民村", "双庙村", "三官庙村", "龙泉村", "水泉沟村", "孙家寨村", "侯家堡村", "任家庄村", "北坡村",
    "圪垯村", "后沟村", "前营村", "苇子滩村", "土桥村", "瓦窑头村",
)  # fmt: skip
GROUP_NAMES = ("第一村民小组", "第二村民小组", "第三村民小组", "第四村民小组")

_SURNAMES = "王李张刘陈杨赵黄周吴徐孙胡朱高林何郭马罗梁宋郑谢韩唐冯董程曹袁邓许傅沈曾彭吕苏卢蒋蔡贾丁魏薛叶阎"
_GIVEN = (
    "建国", "志强", "秀英", "桂兰", "海龙", "文斌", "玉梅", "永红", "晓东", "春生", "丽华", "卫东",
    "俊杰", "国庆", "红霞", "明亮", "金柱", "保田", "满仓", "丰年", "长林", "改花", "爱民", "来福",
    "福贵", "二虎", "三娃", "根生", "瑞祥", "守田", "伟", "军", "强", "芳", "敏", "静",
    "勇", "磊", "洋", "艳", "杰", "涛", "超", "霞", "平", "刚", "辉", "鹏",
    "飞", "明",
)  # fmt: skip


@dataclass(frozen=True)
class Person:
    """Someone responsible for a plot."""

    name: str
    identity: str
    phone: str
    address: str


def name(dice: Dice) -> str:
    """An invented name of two or three characters."""
    return dice.pick(_SURNAMES) + dice.pick(_GIVEN)


def person(dice: Dice, address: str) -> Person:
    """An invented farmer.

    The identity number names the fictional county and carries a wrong check digit; no mobile number begins with 100.
    """
    body = f"{COUNTY}{dice.whole(1948, 1995)}{dice.whole(1, 12):02d}{dice.whole(1, 28):02d}{dice.whole(1, 999):03d}"
    wrong = "10X98765432"[(check_sum(body) + 1) % 11]
    return Person(name(dice), body + wrong, f"100{dice.whole(0, 99_999_999):08d}", address)


def check_sum(body: str) -> int:
    """Remainder that chooses the check digit of an 18-digit identity number (GB 11643)."""
    return sum(int(digit) * (2 ** (17 - place) % 11) for place, digit in enumerate(body)) % 11
