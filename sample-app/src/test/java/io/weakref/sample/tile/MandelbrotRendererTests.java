package io.weakref.sample.tile;

import java.awt.image.BufferedImage;
import java.util.stream.IntStream;

import org.junit.jupiter.api.Test;

import static org.assertj.core.api.Assertions.assertThat;

class MandelbrotRendererTests {

	private static final int INSIDE = 0x05050d;

	private final MandelbrotRenderer renderer = new MandelbrotRenderer();

	@Test
	void pointsInsideTheSetAreDarkAndPointsOutsideAreNot() {
		BufferedImage plane = this.renderer.render(new TileId(0, 0, 0));
		assertThat(color(plane, 0, 0)).isEqualTo(INSIDE);
		assertThat(color(plane, -1, 0)).isEqualTo(INSIDE);
		assertThat(color(plane, -0.12, 0.74)).isEqualTo(INSIDE); // period 3
		assertThat(color(plane, 0.5, 0)).isNotEqualTo(INSIDE);
		assertThat(color(plane, 0, 1.2)).isNotEqualTo(INSIDE);
		assertThat(color(plane, -4, 3)).isNotEqualTo(INSIDE);
	}

	@Test
	void tilesMatchThoseOfTheNextZoomLevel() {
		BufferedImage coarse = this.renderer.render(new TileId(2, 1, 1));
		BufferedImage fine = this.renderer.render(new TileId(3, 2, 2));
		long far = IntStream.range(0, 128 * 128)
			.filter((i) -> distance(coarse.getRGB(i % 128, i / 128), fine.getRGB(i % 128 * 2, i / 128 * 2)) > 48)
			.count();
		assertThat(far).isLessThan(128 * 128 / 20);
	}

	/** At the limit of {@code double}, pixels run together to blocks. */
	@Test
	void pixelsAreStillApartAtTheDeepestZoom() {
		double scale = Math.scalb(1.0, TileId.MAX_ZOOM) / 8;
		long x = (long) ((-0.7436438870371587 + 4.5) * scale);
		long y = (long) ((4 - 0.1318259042053119) * scale);
		BufferedImage image = this.renderer.render(new TileId(TileId.MAX_ZOOM, x, y));
		assertThat(IntStream.range(1, 256).filter((column) -> sameColumn(image, column - 1, column))).isEmpty();
	}

	private static boolean sameColumn(BufferedImage image, int first, int second) {
		return IntStream.range(0, 256).allMatch((row) -> image.getRGB(first, row) == image.getRGB(second, row));
	}

	private static int color(BufferedImage plane, double re, double im) {
		return plane.getRGB((int) ((re + 4.5) * 32), (int) ((4 - im) * 32)) & 0xffffff;
	}

	private static int distance(int first, int second) {
		return IntStream.of(0, 8, 16)
			.map((shift) -> Math.abs(((first >> shift) & 0xff) - ((second >> shift) & 0xff)))
			.max()
			.getAsInt();
	}

}
