"""Style sheets made small: without the rules that no page can meet, comments and white space.

It reads CSS as Bootstrap and our themes write it: rules, also in `@media` and the like, none nested
in another rule.
"""

import re
from collections.abc import Callable, Iterator
from dataclasses import dataclass, field

Known = Callable[[str], bool]

# What may hold signs that mean nothing there.
_STRING = r'"(?:\\.|[^"\\])*"|' + r"'(?:\\.|[^'\\])*'"
_COMMENT = re.compile(rf"({_STRING})|/\*.*?\*/", re.DOTALL)
_SPACE = re.compile(rf"({_STRING})|\s+")
_PART = re.compile(rf"{_STRING}|[^\"'{{}};]+|.", re.DOTALL)
_CLASS = re.compile(r"\.(-?[A-Za-z_][\w-]*)")
_ATTRIBUTE = re.compile(rf"\[(?:{_STRING}|[^\]])*\]")
_USED_PROPERTY = re.compile(r"var\(\s*(--[\w-]+)")
_USED_ANIMATION = re.compile(r"animation(?:-name)?:([^;}]+)")
# What they list is what may be there, not what must not.
_CHOICES = (":is", ":where", ":has")


@dataclass
class Rule:
    """A rule with declarations, or with further rules (`@media`)."""

    head: str
    declarations: list[str] = field(default_factory=list)
    rules: list["Rule"] = field(default_factory=list)

    def __str__(self) -> str:
        return f"{self.head}{{{';'.join(self.declarations)}{''.join(map(str, self.rules))}}}"


def shrink(css: str, is_class: Known, beside: str = "") -> str:
    """Return a style sheet without what cannot be met.

    :param is_class: whether some page may have a class of this name
    :param beside: other style sheets, which may use its properties
    """
    rules = [kept for rule in parse(css) if (kept := _without_unmet(rule, is_class))]
    # A property may be what uses another one.
    while (fewer := _without_unused(rules, beside)) != rules:
        rules = fewer
    return "".join(map(str, rules))


def parse(css: str) -> list[Rule]:
    """Return the rules of a style sheet; `@charset` is left out, for ours are UTF-8 by HTTP."""
    plain = _SPACE.sub(_keep_string(" "), _COMMENT.sub(_keep_string(""), css))
    return _rules(_PART.finditer(plain)).rules


def _keep_string(other: str) -> Callable[[re.Match[str]], str]:
    return lambda found: found[1] or other


def _rules(parts: Iterator[re.Match[str]], head: str = "") -> Rule:
    """Read what stands between two braces, or in the whole file."""
    rule, text = Rule(_tight(head)), ""
    for part in parts:
        if part[0] == "{":
            rule.rules.append(_rules(parts, text))
            text = ""
        elif part[0] == "}":
            break
        elif part[0] == ";" and text.count("(") == text.count(")"):
            rule.declarations += _declaration(text)
            text = ""
        else:
            text += part[0]
    rule.declarations += _declaration(text)
    return rule


def _declaration(text: str) -> list[str]:
    name, colon, value = text.partition(":")
    return [f"{name.strip()}:{value.strip()}"] if colon else []


def _tight(head: str) -> str:
    return ",".join(_split(head.strip()))


def _split(selectors: str) -> list[str]:
    """Return the selectors of a list; commas inside of brackets part nothing."""
    found, depth = [""], 0
    for sign in selectors:
        depth += (sign in "([") - (sign in ")]")
        if sign == "," and not depth:
            found.append("")
        else:
            found[-1] += sign
    return [selector.strip() for selector in found]


def _without_unmet(rule: Rule, is_class: Known) -> Rule | None:
    if rule.head.startswith("@"):
        # A step of @keyframes is no selector: it has no class, so it stays.
        rules = [kept for inner in rule.rules if (kept := _without_unmet(inner, is_class))]
        kept = Rule(rule.head, rule.declarations, rules)
    else:
        met = [selector for selector in _split(rule.head) if can_be_met(selector, is_class)]
        kept = Rule(",".join(met), rule.declarations if met else [])
    return kept if kept.declarations or kept.rules else None


def can_be_met(selector: str, is_class: Known) -> bool:
    """Return whether all classes of a selector may be in some page, as far as one sees from it."""
    rest = _ATTRIBUTE.sub("", selector)
    while (opening := rest.find("(")) >= 0:
        closing = _closing(rest, opening)
        name = rest[rest.rfind(":", 0, opening) : opening]
        choices = _split(rest[opening + 1 : closing])
        if name in _CHOICES and not any(can_be_met(choice, is_class) for choice in choices):
            return False
        rest = rest[: opening - len(name)] + rest[closing + 1 :]
    return all(map(is_class, _CLASS.findall(rest)))


def _closing(text: str, opening: int) -> int:
    depth = 0
    for place in range(opening, len(text)):
        depth += (text[place] == "(") - (text[place] == ")")
        if not depth:
            return place
    raise ValueError(f"a bracket is not closed: {text}")


def _without_unused(rules: list[Rule], beside: str) -> list[Rule]:
    """Return the rules without custom properties and animations that nothing refers to."""
    text = "".join(map(str, rules)) + beside
    properties = set(_USED_PROPERTY.findall(text))
    animations = " ".join(_USED_ANIMATION.findall(text)).split()

    def is_used(declaration: str) -> bool:
        name = declaration.partition(":")[0]
        return not name.startswith("--") or name in properties

    def cleaned(rule: Rule) -> Rule | None:
        if rule.head.startswith("@keyframes") and rule.head.split()[-1] not in animations:
            return None
        declarations = [declaration for declaration in rule.declarations if is_used(declaration)]
        inner = [kept for each in rule.rules if (kept := cleaned(each))]
        return Rule(rule.head, declarations, inner) if declarations or inner else None

    return [kept for rule in rules if (kept := cleaned(rule))]
