"""Colours as Matplotlib names them, turned into the `"#rrggbb"` of the protocol.

Pure functions; knows no figure and no socket.
"""

from __future__ import annotations

import re
from typing import Any, Optional

# The CSS level 4 colour names: https://www.w3.org/TR/css-color-4/#named-colors
_CSS = (
    "aliceblue=f0f8ff antiquewhite=faebd7 aqua=00ffff aquamarine=7fffd4 azure=f0ffff beige=f5f5dc "
    "bisque=ffe4c4 black=000000 blanchedalmond=ffebcd blue=0000ff blueviolet=8a2be2 brown=a52a2a "
    "burlywood=deb887 cadetblue=5f9ea0 chartreuse=7fff00 chocolate=d2691e coral=ff7f50 cornflowerblue=6495ed "
    "cornsilk=fff8dc crimson=dc143c cyan=00ffff darkblue=00008b darkcyan=008b8b darkgoldenrod=b8860b "
    "darkgray=a9a9a9 darkgreen=006400 darkgrey=a9a9a9 darkkhaki=bdb76b darkmagenta=8b008b "
    "darkolivegreen=556b2f darkorange=ff8c00 darkorchid=9932cc darkred=8b0000 darksalmon=e9967a "
    "darkseagreen=8fbc8f darkslateblue=483d8b darkslategray=2f4f4f darkslategrey=2f4f4f darkturquoise=00ced1 "
    "darkviolet=9400d3 deeppink=ff1493 deepskyblue=00bfff dimgray=696969 dimgrey=696969 dodgerblue=1e90ff "
    "firebrick=b22222 floralwhite=fffaf0 forestgreen=228b22 fuchsia=ff00ff gainsboro=dcdcdc ghostwhite=f8f8ff "
    "gold=ffd700 goldenrod=daa520 gray=808080 green=008000 greenyellow=adff2f grey=808080 honeydew=f0fff0 "
    "hotpink=ff69b4 indianred=cd5c5c indigo=4b0082 ivory=fffff0 khaki=f0e68c lavender=e6e6fa "
    "lavenderblush=fff0f5 lawngreen=7cfc00 lemonchiffon=fffacd lightblue=add8e6 lightcoral=f08080 "
    "lightcyan=e0ffff lightgoldenrodyellow=fafad2 lightgray=d3d3d3 lightgreen=90ee90 lightgrey=d3d3d3 "
    "lightpink=ffb6c1 lightsalmon=ffa07a lightseagreen=20b2aa lightskyblue=87cefa lightslategray=778899 "
    "lightslategrey=778899 lightsteelblue=b0c4de lightyellow=ffffe0 lime=00ff00 limegreen=32cd32 linen=faf0e6 "
    "magenta=ff00ff maroon=800000 mediumaquamarine=66cdaa mediumblue=0000cd mediumorchid=ba55d3 "
    "mediumpurple=9370db mediumseagreen=3cb371 mediumslateblue=7b68ee mediumspringgreen=00fa9a "
    "mediumturquoise=48d1cc mediumvioletred=c71585 midnightblue=191970 mintcream=f5fffa mistyrose=ffe4e1 "
    "moccasin=ffe4b5 navajowhite=ffdead navy=000080 oldlace=fdf5e6 olive=808000 olivedrab=6b8e23 "
    "orange=ffa500 orangered=ff4500 orchid=da70d6 palegoldenrod=eee8aa palegreen=98fb98 paleturquoise=afeeee "
    "palevioletred=db7093 papayawhip=ffefd5 peachpuff=ffdab9 peru=cd853f pink=ffc0cb plum=dda0dd "
    "powderblue=b0e0e6 purple=800080 rebeccapurple=663399 red=ff0000 rosybrown=bc8f8f royalblue=4169e1 "
    "saddlebrown=8b4513 salmon=fa8072 sandybrown=f4a460 seagreen=2e8b57 seashell=fff5ee sienna=a0522d "
    "silver=c0c0c0 skyblue=87ceeb slateblue=6a5acd slategray=708090 slategrey=708090 snow=fffafa "
    "springgreen=00ff7f steelblue=4682b4 tan=d2b48c teal=008080 thistle=d8bfd8 tomato=ff6347 turquoise=40e0d0 "
    "violet=ee82ee wheat=f5deb3 white=ffffff whitesmoke=f5f5f5 yellow=ffff00 yellowgreen=9acd32 "
)

# The ten colours that Matplotlib gives to lines in turn, C0 to C9 (Tableau's "category 10").
_CYCLE: dict[str, str] = {
    "blue": "#1f77b4",
    "orange": "#ff7f0e",
    "green": "#2ca02c",
    "red": "#d62728",
    "purple": "#9467bd",
    "brown": "#8c564b",
    "pink": "#e377c2",
    "gray": "#7f7f7f",
    "olive": "#bcbd22",
    "cyan": "#17becf",
}
_CYCLE_LIST: list[str] = list(_CYCLE.values())

# The one-letter codes: darker than the CSS colours of the same name, as in Matplotlib.
_SHORT: dict[str, str] = {
    "b": "#0000ff",
    "g": "#008000",
    "r": "#ff0000",
    "c": "#00bfbf",
    "m": "#bf00bf",
    "y": "#bfbf00",
    "k": "#000000",
    "w": "#ffffff",
}

_NAMED: dict[str, str] = {name: "#" + digits for name, digits in (pair.split("=") for pair in _CSS.split())}
_NAMED.update({"tab:" + name: value for name, value in _CYCLE.items()})
_NAMED["tab:grey"] = _CYCLE["gray"]

# Line styles and markers of a format string, longest first.
_STYLE_PARTS = re.compile(r"--|-\.|[-:.,ov^<>1234sp*hH+xXDd|_8P]")


def to_hex(color: Any) -> str:
    """The colour as `"#rrggbb"` in lower case.

    Taken are: a CSS name, one of `r g b c m y k w`, `"C0"` and on (round and round through ten), `"tab:blue"` and its
    like, `"#rgb"`, `"#rrggbb"`, either with alpha digits, which are left out, a grey level as text (`"0.5"`), and three
    or four floats from 0 to 1. Raises `ValueError` for anything else.
    """
    if isinstance(color, str):
        found = _from_text(color.strip())
    else:
        found = _from_floats(color)
    if found is None:
        raise ValueError(f"{color!r} is not a colour: a name, 'C0' to 'C9', '#rrggbb' or three floats from 0 to 1")
    return found


def _from_text(text: str) -> Optional[str]:
    lower = text.lower()
    if text in _SHORT:
        return _SHORT[text]
    if lower in _NAMED:
        return _NAMED[lower]
    if re.fullmatch(r"C\d+", text):
        return _CYCLE_LIST[int(text[1:]) % len(_CYCLE_LIST)]
    if re.fullmatch(r"#[0-9a-f]{6}([0-9a-f]{2})?", lower):
        return lower[:7]
    if re.fullmatch(r"#[0-9a-f]{3,4}", lower):
        return "#" + "".join(digit * 2 for digit in lower[1:4])
    try:
        level = float(text)
    except ValueError:
        return None
    return _from_floats((level, level, level))


def _from_floats(color: Any) -> Optional[str]:
    try:
        parts = [float(part) for part in color]
    except (TypeError, ValueError):
        return None
    if len(parts) not in (3, 4) or not all(0.0 <= part <= 1.0 for part in parts):
        return None
    return "#" + "".join(f"{round(part * 255):02x}" for part in parts[:3])


def split_format(text: str) -> tuple[Optional[str], list[str], list[str]]:
    """A format string such as `"r--o"` as its colour (`"#rrggbb"` or None), its styles, and what is unknown in it.

    A text that is a colour as a whole (`"green"`, `"C3"`) is only that.
    """
    found = _from_text(text.strip())
    if found is not None and not re.fullmatch(r"\d", text.strip()):
        return found, [], []
    color: Optional[str] = None
    styles: list[str] = []
    unknown: list[str] = []
    at = 0
    while at < len(text):
        style = _STYLE_PARTS.match(text, at)
        cycle = re.compile(r"C\d").match(text, at)
        if text[at] in _SHORT:
            color = _SHORT[text[at]]
            at += 1
        elif cycle:
            color = _from_text(cycle.group())
            at = cycle.end()
        elif style:
            styles.append(style.group())
            at = style.end()
        else:
            if not text[at].isspace():
                unknown.append(text[at])
            at += 1
    return color, styles, unknown
