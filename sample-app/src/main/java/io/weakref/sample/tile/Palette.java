package io.weakref.sample.tile;

/**
 * A closed circle of colours, from night blue over ice and amber back to night.
 */
final class Palette {

	private static final int SIZE = 4096;

	/** The position of each colour on the circle, and its red, green and blue. */
	private static final double[][] STOPS = { { 0.00, 8, 8, 36 }, { 0.18, 22, 72, 148 }, { 0.36, 96, 196, 214 },
			{ 0.48, 250, 246, 216 }, { 0.64, 247, 164, 50 }, { 0.80, 148, 34, 76 }, { 1.00, 8, 8, 36 } };

	private final int[] colors = new int[SIZE];

	Palette() {
		for (int i = 0; i < SIZE; i++) {
			this.colors[i] = mix(i / (double) SIZE);
		}
	}

	/**
	 * Return a colour as 0xRRGGBB.
	 * @param position how many times around the circle, at least 0
	 * @return the colour
	 */
	int color(double position) {
		return this.colors[(int) ((long) (position * SIZE) & (SIZE - 1))];
	}

	private static int mix(double position) {
		int next = 1;
		while (STOPS[next][0] <= position) {
			next++;
		}
		double[] from = STOPS[next - 1];
		double[] to = STOPS[next];
		double linear = (position - from[0]) / (to[0] - from[0]);
		double smooth = linear * linear * (3 - 2 * linear);
		int color = 0;
		for (int channel = 1; channel <= 3; channel++) {
			color = (color << 8) | (int) Math.round(from[channel] + smooth * (to[channel] - from[channel]));
		}
		return color;
	}

}
