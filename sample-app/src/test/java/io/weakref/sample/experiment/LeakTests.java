package io.weakref.sample.experiment;

import java.time.Duration;
import java.util.concurrent.Callable;

import io.micrometer.core.instrument.MeterRegistry;
import io.weakref.context.WeakCacheRegistry;
import io.weakref.sample.experiment.Leak.NotEnoughMemoryException;
import io.weakref.sample.tile.Atlas;
import org.awaitility.Awaitility;
import org.junit.jupiter.api.AfterEach;
import org.junit.jupiter.api.Tag;
import org.junit.jupiter.api.Test;
import org.junit.jupiter.params.ParameterizedTest;
import org.junit.jupiter.params.provider.ValueSource;

import org.springframework.beans.factory.annotation.Autowired;
import org.springframework.boot.test.context.SpringBootTest;
import org.springframework.boot.webmvc.test.autoconfigure.AutoConfigureMockMvc;
import org.springframework.core.task.TaskRejectedException;
import org.springframework.http.MediaType;
import org.springframework.test.web.servlet.assertj.MockMvcTester;
import org.springframework.test.web.servlet.assertj.MvcTestResult;

import static org.assertj.core.api.Assertions.assertThat;
import static org.assertj.core.api.Assertions.assertThatExceptionOfType;

/**
 * Tests the {@link Leak} with a small gallery; the browser tests use a large one, which
 * causes the warning.
 */
@Tag("slow")
@SpringBootTest(properties = "sample.leak-zoom=2")
@AutoConfigureMockMvc
class LeakTests {

	private static final int TILES = 16;

	@Autowired
	private MockMvcTester server;

	@Autowired
	private MeterRegistry meters;

	@Autowired
	private WeakCacheRegistry registry;

	@Autowired
	private Atlas atlas;

	@Autowired
	private LoggedWarning warning;

	@Autowired
	private Leak leak;

	@AfterEach
	void removeLeak() {
		this.leak.remove();
	}

	@Test
	void tilesOfALeakOutliveGarbageCollectionsUntilItIsRemoved() {
		assertThat(switchLeak(true)).hasStatusOk().bodyJson().extractingPath("$.planted").isEqualTo(true);
		until(() -> this.leak.state().held() == TILES);
		for (int i = 0; i < 3; i++) {
			collect();
		}
		assertThat(live()).isEqualTo(TILES);
		assertThat(this.leak.state()).isEqualTo(new Leak.State("tiles", true, TILES, TILES, 3, null));
		assertThat(switchLeak(false)).hasStatusOk().bodyJson().extractingPath("$.planted").isEqualTo(false);
		until(() -> {
			collect();
			return live() == 0;
		});
		assertThat(this.leak.state()).isEqualTo(new Leak.State("tiles", false, 0, 0, 0, null));
	}

	@Test
	void leakIsPlantedOnlyOnce() {
		switchLeak(true);
		until(() -> this.leak.state().held() == TILES);
		assertThat(switchLeak(true)).bodyJson().extractingPath("$.held").isEqualTo(TILES);
		assertThat(CollectionRequests.listeners()).hasSize(TILES);
	}

	@Test
	void leakThatTheExecutorRejectsIsNotPlanted() {
		Leak rejected = new Leak(this.registry, this.atlas, this.warning, (task) -> {
			throw new TaskRejectedException("shut down");
		}, 2);
		assertThatExceptionOfType(TaskRejectedException.class).isThrownBy(rejected::plant);
		assertThat(rejected.state().planted()).isFalse();
	}

	@Test
	void leakThatIsRemovedWhileItIsPlantedStopsGrowing() {
		switchLeak(true);
		until(() -> this.leak.state().held() > 0);
		switchLeak(false);
		switchLeak(true);
		until(() -> this.leak.state().held() == TILES);
		switchLeak(false);
		assertThat(CollectionRequests.listeners()).isEmpty();
	}

	@ParameterizedTest
	@ValueSource(longs = { 0, 639 << 20 })
	void leakThatDoesNotFitIntoTheHeapIsRefused(long free) {
		assertThatExceptionOfType(NotEnoughMemoryException.class)
			.isThrownBy(() -> Leak.requireMemory(1024, free, 512 << 20))
			.withMessage(
					"The leak takes 320 MB, too much for a heap of 512 MB: start the application with -Xmx960m to plant it.");
	}

	private MvcTestResult switchLeak(boolean on) {
		return this.server.put()
			.uri("/api/leak")
			.contentType(MediaType.APPLICATION_JSON)
			.content("{\"on\": " + on + "}")
			.exchange();
	}

	private void collect() {
		assertThat(this.server.post().uri("/api/collection")).hasStatus(204);
	}

	private double live() {
		return this.meters.get("weakref.live").tag("cache", "tiles").gauge().value();
	}

	private static void until(Callable<Boolean> condition) {
		Awaitility.await().atMost(Duration.ofSeconds(30)).pollInterval(Duration.ofMillis(50)).until(condition);
	}

}
