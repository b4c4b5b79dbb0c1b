package io.weakref.sample.viewer;

import java.io.ByteArrayInputStream;
import java.io.IOException;
import java.time.Duration;
import java.util.List;
import java.util.UUID;
import java.util.concurrent.Callable;
import java.util.concurrent.CyclicBarrier;
import java.util.concurrent.ExecutionException;
import java.util.concurrent.ExecutorService;
import java.util.concurrent.Executors;
import java.util.concurrent.Future;
import java.util.function.BooleanSupplier;

import javax.imageio.ImageIO;

import io.micrometer.core.instrument.MeterRegistry;
import io.weakref.sample.tile.Atlas;
import io.weakref.sample.tile.Tile;
import io.weakref.sample.tile.TileId;
import io.weakref.sample.tile.Viewport;
import io.weakref.sample.viewer.ViewerController.Look;
import org.awaitility.Awaitility;
import org.junit.jupiter.api.AfterEach;
import org.junit.jupiter.api.Tag;
import org.junit.jupiter.api.Test;
import org.junit.jupiter.params.ParameterizedTest;
import org.junit.jupiter.params.provider.CsvSource;
import tools.jackson.databind.json.JsonMapper;

import org.springframework.beans.factory.ListableBeanFactory;
import org.springframework.beans.factory.annotation.Autowired;
import org.springframework.boot.test.context.SpringBootTest;
import org.springframework.boot.webmvc.test.autoconfigure.AutoConfigureMockMvc;
import org.springframework.data.redis.connection.RedisConnectionFactory;
import org.springframework.http.MediaType;
import org.springframework.test.web.servlet.assertj.MockMvcTester;
import org.springframework.test.web.servlet.assertj.MvcTestResult;

import static org.assertj.core.api.Assertions.assertThat;

/**
 * Tests the explorer over HTTP, as its pages use it, with real garbage collections. These
 * pages do not report regularly, so the timeout is long.
 */
@Tag("slow")
@SpringBootTest(properties = "sample.viewer-timeout=5m")
@AutoConfigureMockMvc
class ExplorerTests {

	private static final Viewport VALLEY = new Viewport(8, 119, 122, 122, 124);

	/** Far from the set, where tiles are rendered quickly. */
	private static final Viewport PLAIN = new Viewport(8, 20, 20, 23, 22);

	private static final int VALLEY_TILES = 12;

	@Autowired
	private MockMvcTester server;

	@Autowired
	private MeterRegistry meters;

	@Autowired
	private Viewers viewers;

	@Autowired
	private SimulatedViewers simulatedViewers;

	@Autowired
	private Atlas atlas;

	@AfterEach
	void everybodyLeaves() {
		this.viewers.dismissAll();
		switchFailing(false);
		collectUntil(() -> live("tiles") == 0 && live("looking") == 0
				&& counter("sample.tiles.gone") == counter("sample.tile.rendering")
				&& counter("weakref.callbacks.pending") == 0);
	}

	@Test
	void tileIsAPngThatIsRenderedOnce() throws IOException {
		Page page = new Page(this.server);
		page.look(VALLEY);
		MvcTestResult first = this.server.get().uri("/tiles/8/120/123.png").exchange();
		assertThat(first).hasStatusOk().hasContentType(MediaType.IMAGE_PNG);
		assertThat(ImageIO.read(new ByteArrayInputStream(first.getResponse().getContentAsByteArray())))
			.satisfies((image) -> assertThat(image.getWidth()).isEqualTo(256))
			.satisfies((image) -> assertThat(image.getHeight()).isEqualTo(256));
		long serial = page.fetch(new TileId(8, 120, 123));
		assertThat(page.fetch(new TileId(8, 120, 123))).isEqualTo(serial);
		assertThat(this.server.get().uri("/tiles/8/120/123.png").header("If-None-Match", "\"" + serial + "\""))
			.hasStatus(304);
	}

	@Test
	void requestsForOneTileAtATimeGetOneInstance() throws Exception {
		TileId slow = new TileId(36, 32266853314L, 33227362473L);
		Page page = new Page(this.server);
		page.look(Viewport.around(slow, 1, 1));
		CyclicBarrier start = new CyclicBarrier(8);
		Callable<Long> fetch = () -> {
			start.await();
			return page.fetch(slow);
		};
		ExecutorService executor = Executors.newFixedThreadPool(8);
		try {
			List<Long> serials = executor.invokeAll(List.of(fetch, fetch, fetch, fetch, fetch, fetch, fetch, fetch))
				.stream()
				.map(ExplorerTests::result)
				.toList();
			assertThat(serials).hasSize(8).containsOnly(serials.get(0));
		}
		finally {
			executor.shutdownNow();
		}
	}

	@Test
	void twoViewersOfOnePlaceShareInstancesThatDieWhenBothHaveLeft() {
		double purgedBefore = purged();
		Page one = new Page(this.server);
		Page two = new Page(this.server);
		List<Long> serials = Page.serials(one.show(VALLEY));
		assertThat(serials).hasSize(VALLEY_TILES).doesNotHaveDuplicates();
		assertThat(Page.serials(two.show(VALLEY))).isEqualTo(serials);
		assertThat(one.look(VALLEY).tiles()).allMatch((tile) -> tile.viewers() == 2);
		assertThat(live("tiles")).isEqualTo(VALLEY_TILES);

		one.leave();
		collectUntil(() -> live("looking") == 1);
		assertThat(two.look(VALLEY).tiles()).allMatch((tile) -> tile.viewers() == 1);
		assertThat(Page.serials(two.look(VALLEY))).isEqualTo(serials);
		assertThat(live("tiles")).isEqualTo(VALLEY_TILES);
		assertThat(purged()).isEqualTo(purgedBefore);

		two.leave();
		collectUntil(() -> live("tiles") == 0);
		collectUntil(() -> purged() == purgedBefore + VALLEY_TILES);
		collectUntil(() -> live("looking") == 0 && live("renderings") == 0 && live("activities") == 0);
	}

	@Test
	void viewerThatMovesHoldsOnlyTilesInView() {
		double purgedBefore = purged();
		Page page = new Page(this.server);
		List<Long> before = Page.serials(page.show(VALLEY));
		Viewport further = new Viewport(8, 121, 122, 124, 124);
		List<Long> after = Page.serials(page.show(further));
		assertThat(after).hasSize(VALLEY_TILES);
		assertThat(after.stream().filter(before::contains)).hasSize(6);
		collectUntil(() -> live("tiles") == VALLEY_TILES);
		assertThat(Page.serials(page.look(further))).isEqualTo(after);
		collectUntil(() -> purged() == purgedBefore + 6);
	}

	@Test
	void tileThatIsOutOfViewWhenItArrivesIsNotHeld() {
		Page page = new Page(this.server);
		page.look(VALLEY);
		page.fetch(new TileId(8, 118, 122));
		page.fetch(new TileId(9, 240, 246));
		assertThat(page.look(VALLEY).tiles()).isEmpty();
	}

	@Test
	void everyViewerSeesTheOtherViewers() {
		Page one = new Page(this.server);
		Page two = new Page(this.server);
		int first = one.show(VALLEY).number();
		Viewport elsewhere = new Viewport(2, 1, 1, 2, 2);
		int second = two.show(elsewhere).number();
		assertThat(one.look(VALLEY).viewers()).filteredOn((looker) -> looker.number() == second)
			.singleElement()
			.satisfies((looker) -> {
				assertThat(looker.viewport()).isEqualTo(elsewhere);
				assertThat(looker.present()).isTrue();
				assertThat(looker.tiles()).isEqualTo(4);
				assertThat(looker.seen()).isEqualTo(4);
				assertThat(looker.shared()).isZero();
			});
		two.leave();
		collectUntil(() -> one.look(VALLEY).viewers().size() == 1);
		assertThat(one.look(VALLEY).viewers()).extracting(ViewerController.Looker::number).containsExactly(first);
	}

	@Test
	void simulatedViewersLookAroundUntilTheyAreDismissed() {
		Page page = new Page(this.server);
		page.show(VALLEY);
		for (int i = 0; i < SimulatedViewers.LIMIT; i++) {
			assertThat(simulate()).hasStatus(204);
		}
		assertThat(simulate()).hasStatus(409)
			.bodyJson()
			.extractingPath("$.detail")
			.isEqualTo("There are 12 simulated viewers already, and no more are allowed.");
		List<ViewerController.Looker> before = simulated(page);
		assertThat(before).hasSize(SimulatedViewers.LIMIT).allMatch((looker) -> looker.seen() >= 6);
		Awaitility.await()
			.atMost(Duration.ofSeconds(30))
			.untilAsserted(() -> assertThat(simulated(page)).hasSize(SimulatedViewers.LIMIT)
				.allMatch((looker) -> looker.tiles() > 0)
				.extracting(ViewerController.Looker::viewport)
				.isNotEqualTo(before.stream().map(ViewerController.Looker::viewport).toList()));
		assertThat(this.server.delete().uri("/api/simulated-viewers")).hasStatus(204);
		collectUntil(() -> page.look(VALLEY).viewers().size() == 1);
	}

	@Test
	void simulatedViewersShareWhatThePageShows() {
		Page page = new Page(this.server);
		page.show(PLAIN);
		for (int i = 0; i < 4; i++) {
			assertThat(simulate(PLAIN)).hasStatus(204);
		}
		int shared = 0;
		for (int i = 0; i < 40; i++) {
			this.simulatedViewers.stroll();
			Look look = page.look(PLAIN);
			shared += look.tiles().stream().anyMatch((tile) -> tile.viewers() > 1) ? 1 : 0;
			assertThat(look.viewers()).filteredOn(ViewerController.Looker::simulated)
				.extracting(ViewerController.Looker::viewport)
				.allMatch((viewport) -> showsSomeOf(PLAIN, viewport));
		}
		assertThat(shared).as("steps at which a tile is shared").isGreaterThan(30);
	}

	@Test
	void simulatedViewersFollowThePage() {
		Page page = new Page(this.server);
		page.show(PLAIN);
		assertThat(simulate(PLAIN)).hasStatus(204);
		Viewport further = new Viewport(12, 400, 300, 403, 302);
		page.show(further);
		Awaitility.await().atMost(Duration.ofSeconds(30)).pollDelay(Duration.ZERO).until(() -> {
			this.simulatedViewers.stroll();
			return page.look(further).tiles().stream().anyMatch((tile) -> tile.viewers() > 1);
		});
	}

	@Test
	void failingCallbacksAreCountedAndAffectNothingElse() {
		new Page(this.server).show(VALLEY);
		double callbacks = counter("weakref.callbacks");
		double errors = counter("weakref.callback.errors");
		double gone = counter("sample.tiles.gone");
		switchFailing(true);
		this.viewers.dismissAll();
		collectUntil(() -> counter("weakref.callbacks") == callbacks + 2 * VALLEY_TILES);
		assertThat(counter("weakref.callback.errors")).isEqualTo(errors + VALLEY_TILES);
		assertThat(counter("sample.tiles.gone")).isEqualTo(gone + VALLEY_TILES);
	}

	@ParameterizedTest
	@CsvSource(delimiter = '|', textBlock = """
			/tiles/44/0/0.png | Zoom 44 is beyond the limit: zoom goes from 0 to 43.
			/tiles/-1/0/0.png | Zoom -1 is beyond the limit: zoom goes from 0 to 43.
			/tiles/2/4/0.png  | Tile 2/4/0 lies outside the plane: at zoom 2, x and y go from 0 to 3.
			/tiles/2/0/-1.png | Tile 2/0/-1 lies outside the plane: at zoom 2, x and y go from 0 to 3.
			/tiles/2/a/0.png  | Failed to convert 'x' with value: 'a'
			""")
	void tileThatDoesNotExistIsABadRequest(String uri, String detail) {
		assertThat(this.server.get().uri(uri)).hasStatus(400)
			.hasContentType(MediaType.APPLICATION_PROBLEM_JSON)
			.bodyJson()
			.extractingPath("$.detail")
			.isEqualTo(detail);
	}

	@Test
	void viewportThatDoesNotExistIsABadRequest() {
		assertThat(this.server.put()
			.uri("/api/viewers/{id}", UUID.randomUUID())
			.contentType(MediaType.APPLICATION_JSON)
			.content("{\"zoom\": 2, \"left\": 0, \"top\": 0, \"right\": 4, \"bottom\": 0}")).hasStatus(400)
			.bodyJson()
			.extractingPath("$.detail")
			.isEqualTo("The viewport lies outside the plane: at zoom 2, columns and rows go from 0 to 3.");
		assertThat(this.viewers.remembered()).isEmpty();
	}

	@Test
	void prometheusScrapeNamesTheMetersOfTheStarter() {
		new Page(this.server).show(VALLEY);
		MvcTestResult scrape = this.server.get().uri("/actuator/prometheus").exchange();
		assertThat(scrape).hasStatusOk()
			.bodyText()
			.contains("weakref_live{cache=\"tiles\",kind=\"values\"} 12.0")
			.contains("weakref_live{cache=\"looking\",kind=\"set\"} 1.0")
			.contains("weakref_live{cache=\"activities\",kind=\"keys\"} 1.0")
			.contains("weakref_live{cache=\"renderings\",kind=\"keys\"} 12.0")
			.contains("weakref_purged_total{cache=\"tiles\",kind=\"values\"}")
			.contains("weakref_gets_total{cache=\"tiles\",kind=\"values\",result=\"hit\"}")
			.contains("weakref_gets_total{cache=\"tiles\",kind=\"values\",result=\"miss\"}")
			.contains("weakref_puts_total{cache=\"looking\",kind=\"set\"}")
			.contains("weakref_loads_seconds_count{cache=\"tiles\",kind=\"values\"}")
			.contains("weakref_load_failures_total{cache=\"tiles\",kind=\"values\"}")
			.contains("weakref_callbacks_total{cleaner=\"weakref-cleaner\"}")
			.contains("weakref_callback_errors_total{cleaner=\"weakref-cleaner\"}")
			.contains("weakref_callbacks_pending{cleaner=\"weakref-cleaner\"}");
	}

	@Test
	void chartsReadTheApplicationsMeters() {
		new Page(this.server).show(VALLEY);
		assertThat(this.server.get().uri("/api/meters")).hasStatusOk()
			.bodyJson()
			.hasPathSatisfying("$.live", (live) -> assertThat(live).isEqualTo((double) VALLEY_TILES))
			.hasPathSatisfying("$.purged", (purged) -> assertThat(purged).isEqualTo(purged()))
			.hasPathSatisfying("$.heap", (heap) -> assertThat(heap).asNumber().isNotEqualTo(0.0));
	}

	@ParameterizedTest
	@CsvSource({ "/health", "/info", "/metrics", "/prometheus", "/weakrefs", "/weakretention", "/caches" })
	void actuatorEndpointIsExposed(String path) {
		assertThat(this.server.get().uri("/actuator" + path)).hasStatusOk();
	}

	@Test
	void actuatorShowsTheCaches() {
		new Page(this.server).show(VALLEY);
		assertThat(this.server.get().uri("/actuator/weakrefs/tiles")).hasStatusOk()
			.bodyJson()
			.hasPathSatisfying("$.kind", (kind) -> assertThat(kind).isEqualTo("values"))
			.hasPathSatisfying("$.live", (live) -> assertThat(live).isEqualTo(VALLEY_TILES));
		assertThat(this.server.get().uri("/actuator/caches/tiles")).hasStatusOk()
			.bodyJson()
			.extractingPath("$.cacheManager")
			.isEqualTo("weakCacheManager");
		assertThat(this.server.get().uri("/actuator/health")).bodyJson()
			.extractingPath("$.components.weakref.status")
			.isEqualTo("UP");
	}

	@Test
	void everythingIsRenderedAgainOnRequest() {
		Page page = new Page(this.server);
		List<Long> before = Page.serials(page.show(PLAIN));
		assertThat(this.server.post().uri("/api/editions")).hasStatus(204);
		assertThat(page.look(PLAIN).tiles()).isEmpty();
		assertThat(Page.serials(page.show(PLAIN))).hasSameSizeAs(before).doesNotContainAnyElementsOf(before);
	}

	@Test
	void tileOfAnEarlierEditionIsNotHeld() {
		Viewer viewer = this.viewers.simulate(PLAIN);
		TileId id = PLAIN.center();
		Tile tile = this.atlas.tile(id);
		String edition = this.atlas.edition();
		this.atlas.renderAgain();
		this.viewers.look(viewer, PLAIN);
		viewer.hold(tile, edition);
		assertThat(viewer.held()).isEmpty();
	}

	@Test
	void withoutTheProfileThereAreNoRedisBeans(@Autowired ListableBeanFactory beanFactory) {
		assertThat(beanFactory.getBeanNamesForType(RedisConnectionFactory.class)).isEmpty();
		assertThat(this.server.get().uri("/actuator/health")).hasStatusOk()
			.bodyJson()
			.hasPathSatisfying("$.status", (status) -> assertThat(status).isEqualTo("UP"))
			.doesNotHavePath("$.components.redis");
	}

	@ParameterizedTest
	@CsvSource({ "/index.html", "/app.js", "/style.css", "/webjars/uplot/dist/uPlot.iife.min.js",
			"/webjars/uplot/dist/uPlot.min.css" })
	void pageIsServedByTheApplicationItself(String path) {
		assertThat(this.server.get().uri(path)).hasStatusOk();
	}

	private static long result(Future<Long> future) {
		try {
			return future.get();
		}
		catch (InterruptedException | ExecutionException ex) {
			throw new IllegalStateException(ex);
		}
	}

	private static List<ViewerController.Looker> simulated(Page page) {
		return page.look(VALLEY).viewers().stream().filter(ViewerController.Looker::simulated).toList();
	}

	/**
	 * Return whether two viewports overlap in the plane.
	 */
	private static boolean showsSomeOf(Viewport one, Viewport other) {
		return start(one.left(), one) < start(other.right() + 1, other)
				&& start(other.left(), other) < start(one.right() + 1, one)
				&& start(one.top(), one) < start(other.bottom() + 1, other)
				&& start(other.top(), other) < start(one.bottom() + 1, one);
	}

	private static double start(long columnOrRow, Viewport viewport) {
		return Math.scalb((double) columnOrRow, -viewport.zoom());
	}

	private MvcTestResult simulate() {
		return simulate(new Viewport(4, 5, 5, 9, 9));
	}

	private MvcTestResult simulate(Viewport around) {
		return this.server.post()
			.uri("/api/simulated-viewers")
			.contentType(MediaType.APPLICATION_JSON)
			.content(new JsonMapper().writeValueAsString(around))
			.exchange();
	}

	private void switchFailing(boolean on) {
		assertThat(this.server.put()
			.uri("/api/failing-callback")
			.contentType(MediaType.APPLICATION_JSON)
			.content("{\"on\": " + on + "}")).hasStatusOk();
	}

	/**
	 * Request garbage collections, as the page's button does, until a condition holds.
	 */
	private void collectUntil(BooleanSupplier condition) {
		Awaitility.await().atMost(Duration.ofSeconds(30)).pollInterval(Duration.ofMillis(50)).until(() -> {
			assertThat(this.server.post().uri("/api/collection")).hasStatus(204);
			return condition.getAsBoolean();
		});
	}

	private double live(String cache) {
		return this.meters.get("weakref.live").tag("cache", cache).gauge().value();
	}

	private double purged() {
		return this.meters.get("weakref.purged").tag("cache", "tiles").functionCounter().count();
	}

	private double counter(String name) {
		return this.meters.get(name).meter().measure().iterator().next().getValue();
	}

}
