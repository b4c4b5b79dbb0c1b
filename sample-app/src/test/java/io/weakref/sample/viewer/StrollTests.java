package io.weakref.sample.viewer;

import java.util.List;
import java.util.Random;
import java.util.random.RandomGenerator;

import io.weakref.sample.tile.TileId;
import io.weakref.sample.tile.Viewport;
import org.junit.jupiter.api.RepeatedTest;
import org.junit.jupiter.api.RepetitionInfo;
import org.junit.jupiter.params.ParameterizedTest;
import org.junit.jupiter.params.provider.ValueSource;

import static org.assertj.core.api.Assertions.assertThat;
import static org.assertj.core.api.Assertions.within;

class StrollTests {

	private static final Viewport SHOWN = new Viewport(10, 478, 496, 482, 499);

	@RepeatedTest(4)
	void strollsInTheAreaThatAPageShowsWithoutDrifting(RepetitionInfo repetition) {
		RandomGenerator random = new Random(repetition.getCurrentRepetition());
		TileId here = SHOWN.center();
		int steps = 4000;
		int shared = 0;
		double right = 0;
		double down = 0;
		for (int i = 0; i < steps; i++) {
			here = step(here, List.of(SHOWN), random);
			assertThat(here.zoom()).isBetween(SHOWN.zoom() - 1, SHOWN.zoom() + 1);
			shared += Viewport.around(here, 3, 2).tiles().stream().anyMatch(SHOWN::shows) ? 1 : 0;
			right += middle(here.x(), here.zoom()) - (SHOWN.left() + SHOWN.right() + 1) / 2.0;
			down += middle(here.y(), here.zoom()) - (SHOWN.top() + SHOWN.bottom() + 1) / 2.0;
		}
		assertThat(right / steps).as("tiles to the right").isEqualTo(0, within(0.25));
		assertThat(down / steps).as("tiles down").isEqualTo(0, within(0.25));
		assertThat(shared).as("steps at which a tile is shared").isGreaterThan(steps * 3 / 4);
	}

	@ParameterizedTest
	@ValueSource(ints = { 0, 2, 9, 11, 25, 43 })
	void viewerFromElsewhereComesToTheAreaThatAPageShows(int zoom) {
		RandomGenerator random = new Random(zoom);
		TileId here = new TileId(zoom, 0, 0);
		int steps = 0;
		while (!SHOWN.shows(here)) {
			here = step(here, List.of(SHOWN), random);
			assertThat(++steps).isLessThan(30);
		}
	}

	@ParameterizedTest
	@ValueSource(ints = { 0, 10, 43 })
	void strollsAtEveryLevel(int zoom) {
		long last = Math.min(3, (1L << zoom) - 1);
		Viewport shown = new Viewport(zoom, 0, 0, last, last);
		RandomGenerator random = new Random(zoom);
		TileId here = shown.center();
		for (int i = 0; i < 1000; i++) {
			here = step(here, List.of(shown), random);
			assertThat(here.zoom()).isBetween(zoom - 1, zoom + 1);
		}
	}

	@RepeatedTest(4)
	void staysWithTheNearestPage(RepetitionInfo repetition) {
		RandomGenerator random = new Random(repetition.getCurrentRepetition());
		Viewport elsewhere = new Viewport(10, 540, 496, 544, 499);
		Viewport closer = new Viewport(12, 1916, 1988, 1919, 1991);
		TileId here = SHOWN.center();
		for (int i = 0; i < 100; i++) {
			here = step(here, List.of(elsewhere, closer), random);
		}
		assertThat(here.zoom()).isBetween(11, 13);
		assertThat(middle(here.x(), here.zoom())).isBetween(478.0, 481.0);
	}

	private static TileId step(TileId here, List<Viewport> shown, RandomGenerator random) {
		return Viewport.around(Stroll.next(here, shown, random), 3, 2).center();
	}

	/**
	 * Return the middle of a column or row, counted in those of the shown level.
	 */
	private static double middle(long columnOrRow, int zoom) {
		return Math.scalb(columnOrRow + 0.5, SHOWN.zoom() - zoom);
	}

}
