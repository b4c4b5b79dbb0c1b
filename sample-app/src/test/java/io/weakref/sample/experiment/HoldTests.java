package io.weakref.sample.experiment;

import java.time.Duration;
import java.util.ArrayList;
import java.util.List;
import java.util.Objects;
import java.util.UUID;
import java.util.concurrent.atomic.AtomicInteger;
import java.util.function.BooleanSupplier;
import java.util.stream.IntStream;

import io.micrometer.core.instrument.MeterRegistry;
import io.weakref.sample.tile.HoldSwitch;
import io.weakref.sample.tile.TileId;
import io.weakref.sample.tile.Viewport;
import org.awaitility.Awaitility;
import org.junit.jupiter.api.AfterEach;
import org.junit.jupiter.api.BeforeEach;
import org.junit.jupiter.api.Tag;
import org.junit.jupiter.api.Test;
import tools.jackson.databind.JsonNode;
import tools.jackson.databind.json.JsonMapper;

import org.springframework.beans.factory.annotation.Autowired;
import org.springframework.boot.test.context.SpringBootTest;
import org.springframework.boot.webmvc.test.autoconfigure.AutoConfigureMockMvc;
import org.springframework.http.MediaType;
import org.springframework.test.web.servlet.assertj.MockMvcTester;
import org.springframework.test.web.servlet.assertj.MvcTestResult;

import static org.assertj.core.api.Assertions.assertThat;

/**
 * Tests the switch that has tiles held for a while after their last use: here for so long
 * that no tile is let go before the switch is off.
 */
@Tag("slow")
@SpringBootTest(properties = { "weakref.caches.heldTiles.hold-for=1h", "sample.viewer-timeout=5m" })
@AutoConfigureMockMvc
class HoldTests {

	/** A row for each test, none of whose tiles has died just now. */
	private static final AtomicInteger LAST_ROW = new AtomicInteger(20);

	@Autowired
	private MockMvcTester server;

	@Autowired
	private MeterRegistry meters;

	@Autowired
	private HoldSwitch holdSwitch;

	private final UUID viewer = UUID.randomUUID();

	private final int row = LAST_ROW.incrementAndGet();

	/** Far from the set, where tiles are rendered in no time. */
	private final List<TileId> tiles = IntStream.range(20, 23).mapToObj((x) -> new TileId(8, x, this.row)).toList();

	@BeforeEach
	@AfterEach
	void nothingIsAlive() {
		this.holdSwitch.setHolding(false);
		leave();
		collectUntil(() -> reading("live") == 0);
	}

	@Test
	void tilesAreNotHeldUntilTheSwitchIsOn() {
		assertThat(this.server.get().uri("/api/hold")).hasStatusOk().bodyJson().isStrictlyEqualTo("""
				{"on": false, "seconds": 3600}""");
		assertThat(switchHold(true)).hasStatusOk().bodyJson().isStrictlyEqualTo("""
				{"on": true, "seconds": 3600}""");
		assertThat(switchHold(false)).hasStatusOk().bodyJson().isStrictlyEqualTo("""
				{"on": false, "seconds": 3600}""");
	}

	@Test
	void tileThatNobodyUsesDiesAndItsNextMissIsALostHit() {
		double lost = reading("lost");
		double misses = reading("misses");
		List<String> serials = fetchAll();
		collectUntil(() -> reading("live") == 0);
		assertThat(fetchAll()).doesNotContainAnyElementsOf(serials);
		assertThat(reading("lost")).isEqualTo(lost + this.tiles.size());
		assertThat(reading("misses")).isEqualTo(misses + 2 * this.tiles.size());
		assertThat(reading("held")).isZero();
	}

	@Test
	void tileThatNobodyUsesIsAHitWhileItIsHeld() {
		switchHold(true);
		double lost = reading("lost");
		double hits = reading("hits");
		List<String> serials = fetchAll();
		collectUntil(() -> meter("weakref.held") == this.tiles.size());
		assertThat(fetchAll()).isEqualTo(serials);
		assertThat(reading("lost")).isEqualTo(lost);
		assertThat(reading("hits")).isEqualTo(hits + this.tiles.size());
		assertThat(reading("held")).isEqualTo(this.tiles.size());
	}

	@Test
	void tilesAreCountedByWhatKeepsThemAlive() {
		switchHold(true);
		look(20);
		fetchAll();
		assertCounts(1, 3, 2);
		// Lets go of what is held, so the next tile is the only one.
		switchHold(false);
		assertCounts(1, 0, 0);
		collectUntil(() -> reading("live") == 1);
		switchHold(true);
		assertCounts(1, 1, 0);
		fetch(this.tiles.get(1));
		assertCounts(1, 2, 1);
		leave();
		assertCounts(0, 2, 2);
	}

	private void assertCounts(int inUse, int held, int onlyHeld) {
		assertThat(reading("inUse")).isEqualTo(inUse);
		assertThat(reading("held")).isEqualTo(held);
		assertThat(reading("onlyHeld")).isEqualTo(onlyHeld);
	}

	@Test
	void instancesStayTheSameWhenTheSwitchIsTurned() {
		look(22);
		List<String> serials = fetchAll();
		for (int i = 0; i < 4; i++) {
			switchHold(i % 2 == 0);
			assertThat(fetch(this.tiles.get(0))).isEqualTo(serials.get(0));
			assertThat(fetch(this.tiles.get(2))).isEqualTo(serials.get(2));
		}
	}

	@Test
	void heldTilesAreRenderedAgainWhenSomebodyAsks() {
		switchHold(true);
		List<String> serials = fetchAll();
		assertThat(this.server.post().uri("/api/editions")).hasStatus(204);
		assertThat(reading("held")).isZero();
		assertThat(fetchAll()).doesNotContainAnyElementsOf(serials);
	}

	private MvcTestResult switchHold(boolean on) {
		return this.server.put()
			.uri("/api/hold")
			.contentType(MediaType.APPLICATION_JSON)
			.content("{\"on\": " + on + "}")
			.exchange();
	}

	/**
	 * Look at the tiles up to a column.
	 */
	private void look(int right) {
		Viewport viewport = new Viewport(8, 20, this.row, right, this.row);
		assertThat(this.server.put()
			.uri("/api/viewers/{id}", this.viewer)
			.contentType(MediaType.APPLICATION_JSON)
			.content(new JsonMapper().writeValueAsString(viewport))).hasStatusOk();
	}

	private void leave() {
		assertThat(this.server.post().uri("/api/viewers/{id}/departure", this.viewer)).hasStatus(204);
	}

	private List<String> fetchAll() {
		List<String> serials = new ArrayList<>();
		this.tiles.forEach((tile) -> serials.add(fetch(tile)));
		return serials;
	}

	/**
	 * Fetch a tile for the viewer, who uses it if it is in view.
	 */
	private String fetch(TileId tile) {
		MvcTestResult result = this.server.get()
			.uri("/tiles/{zoom}/{x}/{y}.png?viewer={id}", tile.zoom(), tile.x(), tile.y(), this.viewer)
			.exchange();
		assertThat(result).hasStatusOk();
		return Objects.requireNonNull(result.getResponse().getHeader("Tile-Serial"));
	}

	private double reading(String name) {
		JsonNode readings = new JsonMapper()
			.readTree(this.server.get().uri("/api/meters").exchange().getResponse().getContentAsByteArray());
		return readings.get(name).asDouble();
	}

	private double meter(String name) {
		return this.meters.get(name).tag("cache", "heldTiles").gauge().value();
	}

	private void collectUntil(BooleanSupplier condition) {
		Awaitility.await().atMost(Duration.ofSeconds(30)).pollInterval(Duration.ofMillis(50)).until(() -> {
			assertThat(this.server.post().uri("/api/collection")).hasStatus(204);
			return condition.getAsBoolean();
		});
	}

}
