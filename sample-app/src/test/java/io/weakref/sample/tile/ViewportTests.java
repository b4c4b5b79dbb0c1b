package io.weakref.sample.tile;

import org.junit.jupiter.api.Test;
import org.junit.jupiter.params.ParameterizedTest;
import org.junit.jupiter.params.provider.CsvSource;

import static org.assertj.core.api.Assertions.assertThat;
import static org.assertj.core.api.Assertions.assertThatExceptionOfType;

class ViewportTests {

	@Test
	void tilesAreAllThatTheViewportShows() {
		Viewport viewport = new Viewport(3, 2, 4, 3, 5);
		assertThat(viewport.tiles()).containsExactly(new TileId(3, 2, 4), new TileId(3, 3, 4), new TileId(3, 2, 5),
				new TileId(3, 3, 5));
		assertThat(viewport.tiles()).allMatch(viewport::shows);
		assertThat(viewport.shows(new TileId(3, 1, 4))).isFalse();
		assertThat(viewport.shows(new TileId(3, 4, 4))).isFalse();
		assertThat(viewport.shows(new TileId(3, 2, 3))).isFalse();
		assertThat(viewport.shows(new TileId(3, 2, 6))).isFalse();
		assertThat(viewport.shows(new TileId(4, 2, 4))).isFalse();
	}

	@ParameterizedTest
	@CsvSource({ "-1, 0, 0, 0", "0, -1, 0, 0", "0, 0, 8, 0", "0, 0, 0, 8" })
	void viewportOutsideThePlaneIsRefused(long left, long top, long right, long bottom) {
		assertThatExceptionOfType(OutsideThePlaneException.class)
			.isThrownBy(() -> new Viewport(3, left, top, right, bottom))
			.withMessage("The viewport lies outside the plane: at zoom 3, columns and rows go from 0 to 7.");
	}

	@Test
	void emptyViewportIsRefused() {
		assertThatExceptionOfType(OutsideThePlaneException.class).isThrownBy(() -> new Viewport(3, 2, 0, 1, 0))
			.withMessageContaining("empty");
		assertThatExceptionOfType(OutsideThePlaneException.class).isThrownBy(() -> new Viewport(3, 0, 2, 0, 1))
			.withMessageContaining("empty");
	}

	@Test
	void viewportOfTooManyTilesIsRefused() {
		assertThat(new Viewport(20, 0, 0, 31, 15).tiles()).hasSize(Viewport.MAX_TILES);
		assertThatExceptionOfType(OutsideThePlaneException.class).isThrownBy(() -> new Viewport(20, 0, 0, 32, 15))
			.withMessage("The viewport is too large: 33 by 16 tiles, but at most 512 tiles are allowed.");
		long last = (1L << 40) - 1;
		assertThatExceptionOfType(OutsideThePlaneException.class).isThrownBy(() -> new Viewport(40, 0, 0, last, last))
			.withMessageContaining("too large");
	}

	@Test
	void viewportAroundATileStaysInThePlane() {
		assertThat(Viewport.around(new TileId(3, 4, 4), 3, 2)).isEqualTo(new Viewport(3, 3, 3, 5, 4));
		assertThat(Viewport.around(new TileId(3, 0, 7), 3, 2)).isEqualTo(new Viewport(3, 0, 6, 2, 7));
		assertThat(Viewport.around(new TileId(0, 0, 0), 3, 2)).isEqualTo(new Viewport(0, 0, 0, 0, 0));
	}

	@ParameterizedTest
	@CsvSource({ "1, 1", "3, 2", "2, 3", "2, 2", "3, 3", "4, 6", "7, 5" })
	void viewportAroundATileHasThatTileAsItsCenter(int columns, int rows) {
		for (long x = 8; x < 16; x++) {
			for (long y = 8; y < 16; y++) {
				TileId tile = new TileId(5, x, y);
				assertThat(Viewport.around(tile, columns, rows).center()).isEqualTo(tile);
			}
		}
	}

	@Test
	void centerIsAlwaysInView() {
		for (int zoom = 0; zoom < 3; zoom++) {
			for (TileId tile : new Viewport(zoom, 0, 0, TileId.last(zoom), TileId.last(zoom)).tiles()) {
				Viewport viewport = Viewport.around(tile, 3, 2);
				assertThat(viewport.shows(viewport.center())).isTrue();
			}
		}
	}

}
