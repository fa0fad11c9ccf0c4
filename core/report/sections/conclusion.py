"""What a leader reads: the conclusion in one paragraph, a light for each subject, the key figures."""

from __future__ import annotations

from redline.core.catalogue import titles
from redline.core.report.markup import Content, tag
from redline.core.report.sections import mending
from redline.core.report.summary import SEVERITIES, Light
from redline.core.report.writer import Card, Writer, cards, count, fraction, mu, percent, rate_words, square_metres
from redline.core.standards import changed_thresholds


def conclusion(w: Writer) -> Content:
    lights = w.summary.lights([given.role for given in w.facts.inputs])
    return w.chapter(
        "conclusion",
        tag("p", _verdict(w), class_="lead"),
        _changed(w),
        cards([Card(w.say(f"subject.{light.subject}"), _state(w, light), light.colour) for light in lights], "lights"),
        cards(_figures(w), "figures"),
        cards(_areas(w), "figures"),
        mending.first(w),
    )


def verdict(w: Writer) -> Content:
    """The conclusion in one paragraph, no more."""
    return [tag("p", _verdict(w), class_="lead"), _changed(w)]


def _changed(w: Writer) -> Content:
    """Who signs is told on the first page that lines were drawn elsewhere than the standards draw them."""
    changed = changed_thresholds()
    return w.note("changed.note", count=len(changed)) if changed else ""


def _verdict(w: Writer) -> str:
    found = w.summary
    things = w.say(f"checked.{found.thing}", count=count(found.checked))
    said = [w.say("verdict.checked", unit=w.facts.unit or w.say("this_layer"), things=things)]
    said += [
        w.say(f"verdict.{name}", **rate_words(found.rates[name]))
        for name in ("agreement", "duties")
        if name in found.rates
    ]
    said.append(w.say("verdict.counts", **{severity: count(number) for severity, number in found.counts.items()}))
    changes = found.changes()
    if changes:
        said.append(w.say("verdict.changes", **{change: count(number) for change, number in changes.items()}))
    elif len(found.settled):
        said.append(w.say("verdict.settled", count=count(len(found.settled))))
    said.append(w.say(f"verdict.{_outcome(w)}"))
    return ("" if w.language == "zh" else " ").join(said)


def _outcome(w: Writer) -> str:
    if w.summary.counts["error"]:
        return "errors" if w.summary.has("PLOT_STATUS") else "errors.check"
    if w.summary.counts["warning"]:
        return "warnings"
    return "clean" if w.summary.checked else "nothing"


def _state(w: Writer, light: Light) -> str:
    return w.say(f"light.{light.colour}", errors=count(light.errors), warnings=count(light.warnings))


def _figures(w: Writer) -> list[Card]:
    found = w.summary
    rates = [
        Card(w.called("report.rate", name), percent(rate.value), "plain", fraction(rate))
        for name, rate in found.rates.items()
        if name in titles("report.rate", w.language)
    ]
    findings = [
        Card(w.say(f"severity.{s}"), count(found.counts[s]), s if found.counts[s] else "plain") for s in SEVERITIES
    ]
    return [Card(w.say(f"figure.checked.{found.thing}"), count(found.checked), "plain"), *rates, *findings]


def _areas(w: Writer) -> list[Card]:
    return [
        Card(
            w.say("figure.area", source=w.say(f"subject.{total.source}")),
            mu(total.cents),
            "plain",
            f"{square_metres(total.cents)} m²",
        )
        for total in w.summary.totals()
        if total.cents is not None
    ]
