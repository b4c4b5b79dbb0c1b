package io.weakref.sample.tile;

import java.awt.image.BufferedImage;
import java.util.Arrays;

/**
 * Renders tiles of the Mandelbrot set by escape time with smooth colours (the length of
 * the last step makes the escape count continuous), and with four samples for each pixel
 * that differs much from a neighbour. A colour depends only on the point, not on the
 * zoom, so that tiles of all levels match.
 * <p>
 * Stateless and safe for use by several threads.
 */
final class MandelbrotRenderer {

	/** The width and height of a tile in pixels. */
	static final int SIZE = 256;

	/** The upper left corner of the plane and the length of its sides. */
	private static final double LEFT = -4.5;

	private static final double TOP = 4;

	private static final double SIDE = 8;

	/**
	 * The square of the radius at which a point counts as escaped: larger is smoother.
	 */
	private static final double ESCAPE = 256 * 256;

	private static final double INSIDE = -1;

	private static final int INSIDE_COLOR = 0x05050d;

	private static final double LOG_2 = Math.log(2);

	/**
	 * The distance on the palette, in turns of the circle, from which on two neighbours
	 * count as an edge.
	 */
	private static final double EDGE = 0.035;

	private final Palette palette = new Palette();

	BufferedImage render(TileId tile) {
		double pixel = SIDE / Math.scalb((double) SIZE, tile.zoom());
		double left = LEFT + Math.scalb(SIDE * tile.x(), -tile.zoom());
		double top = TOP - Math.scalb(SIDE * tile.y(), -tile.zoom());
		double[] positions = positions(left, top, pixel, iterations(tile.zoom()));
		int[] colors = new int[SIZE * SIZE];
		for (int y = 0; y < SIZE; y++) {
			for (int x = 0; x < SIZE; x++) {
				int i = y * SIZE + x;
				colors[i] = isEdge(positions, x, y)
						? supersample(left + x * pixel, top - y * pixel, pixel, iterations(tile.zoom()))
						: color(positions[i]);
			}
		}
		BufferedImage image = new BufferedImage(SIZE, SIZE, BufferedImage.TYPE_INT_RGB);
		image.setRGB(0, 0, SIZE, SIZE, colors, 0, SIZE);
		return image;
	}

	/**
	 * Return the maximum number of iterations for a point: about 200 at zoom 0, 4,500 at
	 * zoom 43.
	 * @param zoom the zoom level
	 * @return the number of iterations
	 */
	private static int iterations(int zoom) {
		return (int) (200 * Math.pow(1.075, zoom));
	}

	/**
	 * Iterate the middle of each pixel. The set has no holes: if the whole border of a
	 * tile lies inside, so does the rest.
	 */
	private static double[] positions(double left, double top, double pixel, int iterations) {
		double[] positions = new double[SIZE * SIZE];
		boolean borderInside = true;
		for (int pass = 0; pass < 2; pass++) {
			for (int y = 0; y < SIZE; y++) {
				for (int x = 0; x < SIZE; x++) {
					boolean border = x == 0 || y == 0 || x == SIZE - 1 || y == SIZE - 1;
					if (border == (pass == 0)) {
						double position = position(left + (x + 0.5) * pixel, top - (y + 0.5) * pixel, iterations);
						borderInside &= position == INSIDE;
						positions[y * SIZE + x] = position;
					}
				}
			}
			if (borderInside) {
				Arrays.fill(positions, INSIDE);
				break;
			}
		}
		return positions;
	}

	/**
	 * Return the position of a point on the palette, or {@code INSIDE}.
	 */
	private static double position(double cr, double ci, int iterations) {
		if (isInLargestBulbs(cr, ci)) {
			return INSIDE;
		}
		double zr = 0;
		double zi = 0;
		double zr2 = 0;
		double zi2 = 0;
		double earlierR = 0;
		double earlierI = 0;
		int remember = 8;
		for (int n = 1; n <= iterations; n++) {
			zi = 2 * zr * zi + ci;
			zr = zr2 - zi2 + cr;
			zr2 = zr * zr;
			zi2 = zi * zi;
			if (zr2 + zi2 > ESCAPE) {
				double smooth = n + 1 - Math.log(Math.log(zr2 + zi2) / 2 / LOG_2) / LOG_2;
				return Math.sqrt(Math.max(0, smooth)) / 5;
			}
			if (zr == earlierR && zi == earlierI) {
				return INSIDE; // on a cycle, so it never escapes
			}
			if (n == remember) {
				earlierR = zr;
				earlierI = zi;
				remember *= 2;
			}
		}
		return INSIDE;
	}

	/**
	 * Return whether a point lies in the main cardioid or in the disc to the left of it.
	 */
	private static boolean isInLargestBulbs(double cr, double ci) {
		double ci2 = ci * ci;
		double q = (cr - 0.25) * (cr - 0.25) + ci2;
		return q * (q + cr - 0.25) <= ci2 / 4 || (cr + 1) * (cr + 1) + ci2 <= 1.0 / 16;
	}

	private static boolean isEdge(double[] positions, int x, int y) {
		double here = positions[y * SIZE + x];
		return differs(here, positions, x - 1, y) || differs(here, positions, x + 1, y)
				|| differs(here, positions, x, y - 1) || differs(here, positions, x, y + 1);
	}

	private static boolean differs(double here, double[] positions, int x, int y) {
		if (x < 0 || y < 0 || x >= SIZE || y >= SIZE) {
			return false;
		}
		double there = positions[y * SIZE + x];
		return (here == INSIDE) != (there == INSIDE) || Math.abs(here - there) > EDGE;
	}

	private int supersample(double left, double top, double pixel, int iterations) {
		int red = 0;
		int green = 0;
		int blue = 0;
		for (int sample = 0; sample < 4; sample++) {
			double x = left + (0.25 + 0.5 * (sample & 1)) * pixel;
			double y = top - (0.25 + 0.5 * (sample >> 1)) * pixel;
			int color = color(position(x, y, iterations));
			red += (color >> 16) & 0xff;
			green += (color >> 8) & 0xff;
			blue += color & 0xff;
		}
		return ((red / 4) << 16) | ((green / 4) << 8) | (blue / 4);
	}

	private int color(double position) {
		return position == INSIDE ? INSIDE_COLOR : this.palette.color(position);
	}

}
