"""Drawn garments with two sleeves: T-shirt, pullover, coat and shirt."""

from dataclasses import dataclass

import numpy as np

from ganlib.data.sketches.shapes import (
    Layers,
    Number,
    Pen,
    box,
    ellipse,
    emblem,
    pattern,
    profile,
    segment,
    under,
)


@dataclass
class Top:
    """A torso with two sleeves, seen from the front; left and right are mirror images."""

    u: np.ndarray  # distance from the middle line, |x|
    cover: np.ndarray
    shade: np.ndarray
    body: np.ndarray  # signed distance to the torso
    cuff: np.ndarray  # ink of the sleeves' last part
    top: np.ndarray  # heights of the shoulders and of the hem
    bottom: np.ndarray
    neck: np.ndarray  # half width of the neck


def make_top(
    pen: Pen, *, shoulder: Number, waist: Number, hem: Number, bottom: Number,
    neck: Number, depth: Number, sleeve: Number, angle: Number, upper: Number, wrist: Number,
    waist_at: Number = 1.1,
) -> Top:  # fmt: skip
    """A top from its half widths at shoulder, waist and hem, and the height of its `bottom`.

    `neck`, `depth`: half width and depth of the neckline. `sleeve`, `angle`, `upper`, `wrist`: the
    sleeves' length, angle from the vertical, and half widths at both ends. `waist_at`: the waist's
    depth below the shoulders.
    """
    u = np.abs(pen.x + pen.uniform(-0.05, 0.05) + pen.uniform(-0.04, 0.04) * pen.y)
    top = pen.uniform(-1.0, -0.92)
    slope = pen.uniform(0.08, 0.2)
    width = profile(
        pen.y,
        (top, neck + 0.08), (top + slope, shoulder), (top + 0.5, shoulder - 0.03),
        (top + waist_at, waist), (bottom, hem),
    )  # fmt: skip
    body = np.maximum(under(width, u, pen, 1), np.maximum(top - pen.y, pen.y - bottom))

    start = (shoulder - upper * 0.75, top + slope + upper * 0.6)
    end = (start[0] + sleeve * np.sin(angle), start[1] + sleeve * np.cos(angle))
    distance, along = segment(u, pen.y, *start, *end)
    arm = distance - (upper + (wrist - upper) * np.clip(along, 0, 1))
    arm = np.maximum(arm, (along - 1) * sleeve)  # cut straight at the cuff
    arm_ink = pen.fill(arm)

    # The neckline is cut out, round or pointed; behind it the inside of the back shows, darker.
    y = pen.y - top
    pointed = pen.chance(0.3)
    hole = (1 - pointed) * ellipse(u, y, neck, depth) + pointed * (u + (y - depth) * neck / depth)
    back = pen.fill(-ellipse(u, y, neck, depth * pen.uniform(0.2, 0.6)))
    cover = np.maximum(pen.fill(body), arm_ink) * back
    front = 1 - pen.uniform(0.25, 0.5) * pen.fill(hole)

    rim = pen.uniform(0.05, 0.4)  # cloth turns away from the light near its edges
    edge = np.clip(1 + np.minimum(body, arm) / 0.22, 0, 1)
    seam = pen.line(body) * arm_ink * pen.uniform(0.25, 0.65)
    shade = (1 - rim * edge * edge) * (1 - seam) * front
    cuff = arm_ink * pen.fill((1 - along) * sleeve - 0.12)
    return Top(u, cover, shade, body, cuff, top, bottom, neck)


def collar(pen: Pen, top: Top, reach: Number, width: Number) -> tuple[np.ndarray, np.ndarray]:
    """Two flaps beside the neck that meet at depth `reach`; returns their ink and their outline."""
    y = pen.y - top.top
    v = (top.u * reach + (y - reach) * top.neck) / np.sqrt(reach * reach + top.neck * top.neck)
    flap = np.maximum(np.abs(v - width / 2) - width / 2, y - reach)
    return pen.fill(flap), pen.line(flap)


def buttons(pen: Pen, u: np.ndarray, start: Number, end: Number, count: int) -> np.ndarray:
    """Ink of `count` dots one below the other where u is 0, from height `start` to `end`."""
    gap = (end - start) / count
    y = (pen.y - start) % gap - gap / 2
    radius = max(0.035, 0.6 * pen.px)
    inside = (pen.y > start) & (pen.y < end)
    return pen.fill(np.sqrt(u * u + y * y) - radius) * inside


def t_shirt(pen: Pen) -> Layers:
    """Short sleeves, a round or pointed neckline; plain, patterned or printed."""
    waist = pen.uniform(0.38, 0.52)
    top = make_top(
        pen, shoulder=pen.uniform(0.46, 0.58), waist=waist, hem=waist + pen.uniform(-0.02, 0.1),
        bottom=pen.uniform(0.85, 1.0), neck=pen.uniform(0.16, 0.3), depth=pen.uniform(0.1, 0.3),
        sleeve=pen.uniform(0.28, 0.62), angle=pen.uniform(0.4, 0.95),
        upper=pen.uniform(0.17, 0.25), wrist=pen.uniform(0.14, 0.22),
    )  # fmt: skip
    accent = np.maximum(pattern(pen, 0.7), emblem(pen, top.u, pen.uniform(-0.35, 0.0), 0.4))
    accent = np.maximum(accent, top.cuff * pen.chance(0.2))
    hem = pen.line(pen.y - top.bottom + 0.08) * pen.uniform(0, 0.3)
    return top.cover, accent, top.shade * (1 - hem)


def pullover(pen: Pen) -> Layers:
    """Long sleeves, closed, with a ribbed hem and cuffs."""
    waist = pen.uniform(0.4, 0.52)
    top = make_top(
        pen, shoulder=pen.uniform(0.46, 0.56), waist=waist, hem=waist - pen.uniform(0.0, 0.06),
        bottom=pen.uniform(0.72, 0.95), neck=pen.uniform(0.16, 0.28), depth=pen.uniform(0.06, 0.2),
        sleeve=pen.uniform(1.25, 1.5), angle=pen.uniform(0.1, 0.24),
        upper=pen.uniform(0.17, 0.23), wrist=pen.uniform(0.1, 0.16),
    )  # fmt: skip
    accent = np.maximum(pattern(pen, 0.7, 6, 12), emblem(pen, top.u, pen.uniform(-0.3, 0), 0.3))
    band = top.bottom - pen.uniform(0.1, 0.16)
    rib = np.maximum(pen.fill(band - pen.y), top.cuff)
    ribs = rib * (0.12 + 0.1 * pen.wave(pen.x, 30, 45)) + 0.25 * pen.line(pen.y - band)
    return top.cover, accent * (1 - rib), top.shade * (1 - ribs)


def coat(pen: Pen) -> Layers:
    """Long, open in front, with lapels, pockets and two rows of buttons."""
    waist = pen.uniform(0.4, 0.5)
    top = make_top(
        pen, shoulder=pen.uniform(0.46, 0.54), waist=waist, hem=waist + pen.uniform(0.0, 0.12),
        bottom=pen.uniform(0.92, 1.0), neck=pen.uniform(0.14, 0.2), depth=pen.uniform(0.15, 0.25),
        sleeve=pen.uniform(1.1, 1.4), angle=pen.uniform(0.1, 0.22),
        upper=pen.uniform(0.17, 0.22), wrist=pen.uniform(0.12, 0.17),
    )  # fmt: skip
    reach = pen.uniform(0.5, 0.95)
    lapel, outline = collar(pen, top, reach, pen.uniform(0.14, 0.24))
    opening = pen.line(top.u, 0.05) * (pen.y > top.top + reach)
    pocket_y = pen.uniform(0.2, 0.45)
    pockets = pen.line(pen.y - pocket_y - 0.2 * top.u) * (np.abs(top.u - 0.27) < 0.11)
    dark = np.maximum(np.maximum(outline * 0.5, opening * 0.85), pockets * pen.chance(0.7) * 0.5)
    dots = buttons(pen, np.abs(top.u - 0.12), top.top + reach, pen.uniform(0.4, 0.7), 3)
    accent = np.maximum(lapel * pen.chance(0.4), dots * pen.chance(0.6))
    return top.cover, np.maximum(accent, pattern(pen, 0.85) * (1 - lapel)), top.shade * (1 - dark)


def shirt(pen: Pen) -> Layers:
    """A collar and a row of buttons; sleeves long or short; often patterned."""
    waist, long = pen.uniform(0.38, 0.5), pen.chance(0.65)
    top = make_top(
        pen, shoulder=pen.uniform(0.44, 0.55), waist=waist, hem=waist + pen.uniform(0.0, 0.08),
        bottom=pen.uniform(0.8, 0.98), neck=pen.uniform(0.14, 0.2), depth=pen.uniform(0.1, 0.2),
        sleeve=long * pen.uniform(1.15, 1.45) + (1 - long) * pen.uniform(0.35, 0.6),
        angle=long * pen.uniform(0.1, 0.22) + (1 - long) * pen.uniform(0.3, 0.6),
        upper=pen.uniform(0.16, 0.21), wrist=long * 0.11 + (1 - long) * pen.uniform(0.16, 0.2),
    )  # fmt: skip
    reach = pen.uniform(0.26, 0.38)
    flaps, outline = collar(pen, top, reach, pen.uniform(0.12, 0.18))
    placket = pen.fill(top.u - 0.09) * (pen.y > top.top + reach)
    dots = buttons(pen, top.u, top.top + reach, top.bottom, 6)
    pocket = pen.line(box(pen.x, pen.y, 0.14, 0.34, -0.4, -0.15)) * pen.chance(0.4)
    accent = pattern(pen, 0.45, 10, 20) * (1 - 0.8 * np.maximum(flaps, placket))
    dark = np.maximum(np.maximum(outline * 0.55, dots * 0.9), pocket * 0.4)
    edges = pen.line(top.u - 0.09) * (pen.y > top.top + reach) * 0.25
    return top.cover, accent, top.shade * (1 - dark) * (1 - edges)
