package io.weakref.sample;

import java.io.IOException;
import java.time.Duration;
import java.util.List;
import java.util.Set;

import org.awaitility.Awaitility;
import org.junit.jupiter.api.Test;

import org.springframework.beans.factory.annotation.Autowired;
import org.springframework.boot.test.context.SpringBootTest;
import org.springframework.boot.webmvc.test.autoconfigure.AutoConfigureMockMvc;
import org.springframework.test.web.servlet.assertj.MockMvcTester;

import static org.assertj.core.api.Assertions.assertThat;

/**
 * The dashboard and the alert rules, held against what the application exposes.
 */
@SpringBootTest(properties = "weakref.caches.turns.kind=locks")
@AutoConfigureMockMvc
class ObservabilityTests {

	@Autowired
	private MockMvcTester server;

	@Test
	void dashboardAndAlertsNameOnlyMetersThatExist() throws IOException {
		List<String> expressions = Observability.expressions();
		assertThat(expressions).hasSizeGreaterThan(15);
		Set<String> named = Observability.meters(expressions);
		assertThat(named).contains("weakref_live", "weakref_purged_total", "weakref_gets_total", "weakref_puts_total",
				"weakref_loads_seconds_sum", "weakref_loads_seconds_count", "weakref_load_failures_total",
				"weakref_callbacks_total", "weakref_callback_errors_total", "weakref_callbacks_pending", "weakref_aged",
				"weakref_lock_waits_seconds_count", "weakref_held", "weakref_hold_released_total",
				"weakref_hold_lost_total");
		Awaitility.await().atMost(Duration.ofSeconds(30)).until(() -> {
			System.gc(); // the pause meter exists after the first pause
			return exposed().contains("jvm_gc_pause_seconds_count");
		});
		assertThat(exposed()).containsAll(named);
	}

	private Set<String> exposed() {
		return Observability
			.exposed(this.server.get().uri("/actuator/prometheus").exchange().getResponse().getContentAsByteArray());
	}

}
