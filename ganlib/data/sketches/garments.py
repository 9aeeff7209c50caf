"""The ten garments of Fashion-MNIST, each drawn from random parameters by one short function.

Each takes a `Pen` (see shapes.py) and returns three arrays that broadcast to (n, size, size):
cover (0 background, 1 cloth), accent (0 the main colour, 1 the second one) and shade (the light,
about 1). Lengths are in half images: the frame runs from -1 to 1, x to the right and y down.
"""

import numpy as np

from ganlib.data.sketches.shapes import (
    Layers,
    Pen,
    box,
    ellipse,
    pattern,
    profile,
    ramp,
    segment,
    under,
)
from ganlib.data.sketches.tops import coat, make_top, pullover, shirt, t_shirt


def dress(pen: Pen) -> Layers:
    """Narrow above a waist, a pleated skirt that flares below; with or without sleeves."""
    waist, waist_at = pen.uniform(0.17, 0.28), pen.uniform(0.55, 0.95)
    flare, sleeved, long = pen.uniform(0.03, 0.45), pen.chance(0.45), pen.chance(0.4)
    top = make_top(
        pen, shoulder=pen.uniform(0.27, 0.38), waist=waist, hem=waist + flare,
        bottom=pen.uniform(0.78, 1.0), neck=pen.uniform(0.13, 0.22), depth=pen.uniform(0.1, 0.4),
        sleeve=0.06 + sleeved * (pen.uniform(0.2, 0.4) + long * pen.uniform(0.3, 0.7)),
        angle=pen.uniform(0.15, 0.4), upper=pen.uniform(0.1, 0.15), wrist=pen.uniform(0.08, 0.12),
        waist_at=waist_at,
    )  # fmt: skip
    below = pen.y - top.top - waist_at
    # Pleats fan out: the wave's argument is the place across the skirt, not x itself.
    fan = pen.wave(pen.x / (1 + 1.5 * flare * np.maximum(below, 0)), 18, 30)
    pleats = (0.1 + 0.7 * flare) * ramp(below, 0, 0.5) * (1 + fan) / 2
    belt = pen.fill(np.abs(below) - pen.uniform(0.04, 0.09)) * pen.chance(0.45)
    return top.cover, np.maximum(pattern(pen, 0.6), belt), top.shade * (1 - pleats)


def trouser(pen: Pen) -> Layers:
    """A waistband and two legs, wide or narrow, sometimes bent at the knee."""
    x = pen.x + pen.uniform(-0.06, 0.06) + pen.uniform(-0.08, 0.08) * pen.y * pen.y
    u, top, bottom = np.abs(x), pen.uniform(-1.0, -0.94), pen.uniform(0.75, 1.0)
    hip, leg = pen.uniform(0.32, 0.46), pen.uniform(0.16, 0.3)
    crotch, spread = pen.uniform(-0.5, -0.3), pen.uniform(0.03, 0.16)
    outer = profile(
        pen.y, (top, hip - pen.uniform(0.03, 0.09)), (crotch, hip), (bottom, spread + leg)
    )
    inner = profile(pen.y, (crotch - 0.05, -0.1), (crotch + 0.08, 0.02), (bottom, spread))
    legs = np.maximum(under(outer, u, pen, 1), -under(inner, u, pen, 1))
    body = np.maximum(legs, np.maximum(top - pen.y, pen.y - bottom))
    middle = (outer + np.maximum(inner, 0)) / 2
    crease = pen.line(u - middle, 0.05) * pen.uniform(-0.15, 0.25) * (pen.y > crotch)
    fly = pen.line(u) * pen.uniform(0.2, 0.5) * (pen.y < crotch)
    band_height = pen.uniform(0.07, 0.14)
    band = pen.fill(pen.y - top - band_height)
    pocket = pen.line(u + (pen.y - top - 0.1) * 0.5 - hip + 0.02) * (pen.y < top + 0.4) * 0.3
    edge = np.clip(1 + legs / 0.15, 0, 1) * pen.uniform(0.05, 0.4)
    accent = np.maximum(band * pen.chance(0.3), pattern(pen, 0.85))
    accent = np.maximum(accent, pen.line(u - outer + 0.05, 0.06) * pen.chance(0.12))
    return pen.fill(body), accent, (1 - edge) * (1 - crease) * (1 - fly) * (1 - pocket)


def sandal(pen: Pen) -> Layers:
    """A flat, wedge or high sole, seen from the side, with straps and gaps."""
    x, heeled, wedge = pen.x, pen.chance(0.55), pen.chance(0.35)
    heel = heeled * pen.uniform(0.35, 0.8)
    ground = pen.uniform(0.3, 0.5) + heel * pen.uniform(0.45, 0.6)
    thick = pen.uniform(0.06, 0.16) + (1 - heeled) * pen.uniform(0, 0.08)

    def sole(at):
        return ground - thick - heel * ramp(at, -0.5, 0.65)

    left, right = pen.uniform(-0.98, -0.85), pen.uniform(0.8, 0.97)
    ends = np.maximum(left - x, x - right)
    below = -under(sole(x), pen.y, pen, 2)
    base = np.maximum(np.maximum(below, pen.y - sole(x) - thick), ends)
    slim = pen.uniform(0.05, 0.13)  # a heel narrows towards the ground
    heel_left = right - 2 * slim - 0.1 + (pen.y - sole(right)) * 0.1
    heel_left = wedge * -0.35 + (1 - wedge) * heel_left
    post = box(x, pen.y, heel_left, right, sole(x), ground)
    base = np.minimum(base, post + 9 * (1 - heeled))

    # One strap is an arch over the toes; the others run from point to point: from the heel up to
    # the ankle, around it, and from its front to the toes, to the middle of the sole, or to both.
    width = pen.uniform(0.07, 0.14)
    middle, ankle = pen.uniform(0.0, 0.3), pen.uniform(0.1, 0.35)
    toe_rx, toe_ry, lean = pen.uniform(0.24, 0.36), pen.uniform(0.2, 0.36), pen.uniform(0.2, 0.8)
    toe = left + toe_rx + pen.uniform(0.02, 0.12)
    rise = pen.y - sole(toe)
    arch = ellipse(x - toe + lean * rise, rise, toe_rx, toe_ry)
    closed = pen.chance(0.25)  # else the arch is hollow
    arch = np.maximum(arch, -9 * closed - arch - width * pen.uniform(0.8, 1.4))
    straps = np.maximum(arch, -below)
    rear = (right - pen.uniform(0.04, 0.2), sole(right) - pen.uniform(0.3, 0.65))
    front = (ankle, rear[1] - pen.uniform(-0.15, 0.1))
    to_toes = pen.chance(0.5)
    to_middle = np.maximum(1 - to_toes, pen.chance(0.5))
    for worn, start, end in (
        (1, (right - 0.06, sole(right)), rear),
        (1, rear, front),
        (to_toes, front, (toe + lean * toe_ry, sole(toe) - toe_ry + width / 2)),
        (to_middle, front, (middle, sole(middle))),
    ):
        strap = segment(x, pen.y, *start, *end)[0] - width / 2
        straps = np.minimum(straps, strap + 9 * (1 - worn))  # far away where it is not worn
    shade = 1 - 0.35 * pen.line(straps) * pen.uniform(0, 1) - 0.3 * pen.fill(sole(x) + 0.03 - pen.y)
    return pen.fill(np.minimum(base, straps)), pen.fill(base) * pen.chance(0.7), shade


def sneaker(pen: Pen) -> Layers:
    """A low shoe with a thick sole, laces, and sometimes stripes or a cap."""
    left, right = pen.uniform(-0.98, -0.9), pen.uniform(0.88, 0.97)
    ground, thick = pen.uniform(0.35, 0.55), pen.uniform(0.1, 0.24)
    height, collar_x = pen.uniform(0.5, 0.9), pen.uniform(0.1, 0.4)
    toe, rim, toe_box = ground - thick, ground - thick - height, pen.uniform(0.18, 0.34)
    tongue = rim - pen.uniform(0.0, 0.12)
    outline = profile(
        pen.x, (left, toe - 0.02), (left + 0.12, toe - toe_box * 0.7), (left + 0.45, toe - toe_box),
        (collar_x - 0.12, tongue), (collar_x, tongue + 0.04), (collar_x + 0.18, rim + 0.14),
        (right - 0.12, rim + 0.06), (right - 0.04, rim + 0.1), (right, toe),
    )  # fmt: skip
    ends = np.maximum(left - pen.x, pen.x - right)
    over = -under(outline, pen.y, pen, 2)
    upper = np.maximum(np.maximum(over, pen.y - toe), ends)
    sole = np.maximum(np.maximum(toe - pen.y, pen.y - ground), ends + 0.01)

    lace_zone = box(pen.x, pen.y, left + 0.5, collar_x - 0.05, -1, 1)
    lace_zone = np.maximum(lace_zone, np.abs(over + 0.12) - 0.1)
    laces = pen.fill(lace_zone) * (pen.wave(pen.x + 0.3 * pen.y, 26, 34) > 0)
    lean = pen.x + pen.uniform(0.3, 0.8) * pen.y
    bands = pen.fill(np.abs(lean - pen.uniform(0.1, 0.3)) - pen.uniform(0.04, 0.16))
    toe_cap = pen.fill(pen.x - left - pen.uniform(0.25, 0.4))
    patch = np.maximum(bands * pen.chance(0.5), toe_cap * pen.chance(0.3)) * pen.fill(over + 0.12)
    heel_patch = pen.fill(right - 0.22 - pen.x) * pen.chance(0.35)
    accent = np.maximum(np.maximum(patch, heel_patch), laces)
    accent = np.maximum(accent * (1 - pattern(pen, 0.9)), pen.fill(sole) * pen.chance(0.75))
    seam = pen.line(pen.y - toe) * 0.5 + pen.line(over + 0.1) * 0.2
    edge = np.clip(1 + upper / 0.25, 0, 1) * pen.uniform(0.05, 0.35)
    return pen.fill(np.minimum(upper, sole)), accent, (1 - edge) * (1 - seam)


def bag(pen: Pen) -> Layers:
    """A box or a pouch with a round or straight handle, a flap and a clasp."""
    u = np.abs(pen.x + pen.uniform(-0.04, 0.04))
    top, bottom = pen.uniform(-0.5, 0.0), pen.uniform(0.7, 0.97)
    width, taper, corner = pen.uniform(0.6, 0.98), pen.uniform(-0.2, 0.15), pen.uniform(0.02, 0.3)
    middle, half = (top + bottom) / 2, (bottom - top) / 2
    dx = u - width - taper * (pen.y - bottom) * (taper > 0) - taper * (pen.y - top) * (taper < 0)
    dx, dy = dx + corner, np.abs(pen.y - middle) - half + corner
    outside = np.sqrt(np.maximum(dx, 0) ** 2 + np.maximum(dy, 0) ** 2)
    body = outside + np.minimum(np.maximum(dx, dy), 0) - corner

    round_one, thick = pen.chance(0.55), pen.uniform(0.05, 0.12)
    reach, rise = width * pen.uniform(0.35, 0.85), top + pen.uniform(0.75, 0.98)
    arch = ellipse(u, pen.y - top, reach, rise)
    straight = box(u, pen.y, -1, reach - 0.25 * (top - pen.y), top - rise, bottom)
    ring = round_one * arch + (1 - round_one) * straight
    handle = np.maximum(np.abs(ring + thick / 2) - thick / 2, pen.y - top - 0.02)

    flap_y = top + (bottom - top) * pen.uniform(0.25, 0.6)
    flap = pen.y - flap_y + pen.uniform(0, 0.25) * u * u
    has_flap = pen.chance(0.5)
    clasp = pen.fill(box(u, pen.y - flap_y, -1, 0.08, -0.07, 0.07)) * pen.chance(0.6)
    accent = np.maximum(pattern(pen, 0.6) * pen.fill(body + 0.06), clasp)
    accent = np.maximum(accent, pen.fill(handle) * pen.fill(-body) * pen.chance(0.5))
    accent = np.maximum(accent, pen.fill(flap) * has_flap * pen.chance(0.4) * pen.fill(body))
    lines = pen.line(flap) * has_flap + pen.line(body + 0.1) * pen.chance(0.5) * 0.5
    edge = np.clip(1 + body / 0.3, 0, 1) * pen.uniform(0.05, 0.35) * (body < 0)
    cover = np.maximum(pen.fill(body), pen.fill(handle))
    return cover, accent, (1 - edge) * (1 - 0.5 * np.clip(lines, 0, 1) * pen.fill(body))


def ankle_boot(pen: Pen) -> Layers:
    """A shoe with a shaft and a heel, low or high; laces, strap or elastic."""
    left, right = pen.uniform(-0.97, -0.85), pen.uniform(0.7, 0.92)
    heel, ground = pen.chance(0.5) * pen.uniform(0.15, 0.55) + 0.1, pen.uniform(0.75, 0.95)
    thick, shaft = pen.uniform(0.06, 0.16), pen.uniform(-0.98, -0.7)
    instep, lean = pen.uniform(-0.2, 0.1), pen.uniform(-0.05, 0.1)

    def sole(at):
        return ground - thick - heel * ramp(at, -0.4, 0.4)

    toe = ground - thick
    outline = profile(
        pen.x, (left, toe - 0.05), (left + 0.15, toe - 0.24), (instep - 0.3, toe - 0.42),
        (instep, toe - 0.75 - heel * 0.4), (instep + lean + 0.06, shaft), (right, shaft + 0.06),
    )  # fmt: skip
    back = right - pen.uniform(0.0, 0.12) * np.sin(np.pi * (pen.y - shaft) / (ground - shaft))
    over = -under(outline, pen.y, pen, 2)
    ends = np.maximum(left - pen.x, pen.x - right)
    height = pen.y - sole(pen.x)
    upper = np.maximum(np.maximum(over, height), np.maximum(ends, pen.x - back))
    heel_left = right - pen.uniform(0.15, 0.5) + 0.15 * (pen.y - sole(right))
    base = np.maximum(np.abs(height - thick / 2) - thick / 2, ends)
    base = np.minimum(base, box(pen.x, pen.y, heel_left, right, sole(pen.x), ground))

    elastic = pen.fill(np.abs(pen.x - (instep + right) / 2) - pen.uniform(0.08, 0.18))
    elastic = elastic * pen.fill(pen.y - pen.uniform(-0.2, 0.1)) * pen.chance(0.3)
    cuff = pen.fill(pen.y - shaft - pen.uniform(0.12, 0.3)) * pen.chance(0.3)
    zone = np.maximum(np.abs(over + 0.12) - 0.1, pen.y - toe + 0.4)
    laces = pen.fill(zone) * (pen.wave(pen.y, 20, 28) > 0) * pen.chance(0.4)
    strap = pen.line(pen.y - 0.3 * pen.x - pen.uniform(-0.3, 0.1), 0.1) * pen.chance(0.25)
    accent = np.maximum(np.maximum(elastic, cuff), np.maximum(laces, strap)) * pen.fill(upper)
    accent = np.maximum(accent, pen.fill(base) * pen.chance(0.6))
    edge = np.clip(1 + upper / 0.3, 0, 1) * pen.uniform(0.05, 0.4)
    seam = pen.line(height) * 0.4
    return pen.fill(np.minimum(upper, base)), accent, (1 - edge) * (1 - seam)


GARMENTS = (
    t_shirt, trouser, pullover, dress, coat, sandal, shirt, sneaker, bag, ankle_boot,
)  # fmt: skip
