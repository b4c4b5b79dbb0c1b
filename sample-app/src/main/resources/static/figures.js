/**
 * Figures as they are shown.
 */
const inFull = new Intl.NumberFormat('en', { maximumFractionDigits: 0 });
const inBrief = new Intl.NumberFormat('en', { notation: 'compact', maximumFractionDigits: 1 });

export const number = (value) => inFull.format(value);

/** With at most six characters, for where room is tight. */
export const brief = (value) => value < 9999.5 ? inFull.format(value) : inBrief.format(value);
