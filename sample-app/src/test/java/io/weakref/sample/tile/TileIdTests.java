package io.weakref.sample.tile;

import java.util.List;

import org.junit.jupiter.api.Test;
import org.junit.jupiter.params.ParameterizedTest;
import org.junit.jupiter.params.provider.CsvSource;

import static org.assertj.core.api.Assertions.assertThat;
import static org.assertj.core.api.Assertions.assertThatExceptionOfType;

class TileIdTests {

	@Test
	void cornersOfThePlaneAreTiles() {
		long last = (1L << TileId.MAX_ZOOM) - 1;
		assertThat(new TileId(TileId.MAX_ZOOM, last, 0)).isEqualTo(new TileId(TileId.MAX_ZOOM, last, 0));
		assertThat(new TileId(0, 0, 0)).isNotEqualTo(new TileId(1, 0, 0));
	}

	@ParameterizedTest
	@CsvSource({ "2, 4, 0", "2, 0, 4", "2, -1, 0", "2, 0, -1", "0, 1, 0", "0, 0, 1" })
	void tileOutsideThePlaneIsRefused(int zoom, long x, long y) {
		assertThatExceptionOfType(OutsideThePlaneException.class).isThrownBy(() -> new TileId(zoom, x, y))
			.withMessage("Tile %d/%d/%d lies outside the plane: at zoom %d, x and y go from 0 to %d.".formatted(zoom, x,
					y, zoom, (1 << zoom) - 1));
	}

	@ParameterizedTest
	@CsvSource({ "-1", "44", "64", "2147483647", "-2147483648" })
	void zoomBeyondTheLimitIsRefused(int zoom) {
		assertThatExceptionOfType(OutsideThePlaneException.class).isThrownBy(() -> new TileId(zoom, 0, 0))
			.withMessage("Zoom %d is beyond the limit: zoom goes from 0 to 43.".formatted(zoom));
	}

	@Test
	void orderIsByZoomThenRowByRow() {
		assertThat(List.of(new TileId(2, 0, 0), new TileId(1, 0, 1), new TileId(1, 1, 0), new TileId(1, 0, 0))
			.stream()
			.sorted())
			.containsExactly(new TileId(1, 0, 0), new TileId(1, 1, 0), new TileId(1, 0, 1), new TileId(2, 0, 0));
	}

}
