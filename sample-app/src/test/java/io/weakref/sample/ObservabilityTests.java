package io.weakref.sample;

import java.io.IOException;
import java.nio.charset.StandardCharsets;
import java.time.Duration;
import java.util.List;
import java.util.Set;
import java.util.TreeSet;
import java.util.regex.MatchResult;
import java.util.regex.Pattern;
import java.util.stream.Collectors;
import java.util.stream.Stream;

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
@SpringBootTest
@AutoConfigureMockMvc
class ObservabilityTests {

	private static final Pattern METER = Pattern.compile("\\b(?:weakref|jvm|sample|executor|http)_\\w+");

	@Autowired
	private MockMvcTester server;

	@Test
	void dashboardAndAlertsNameOnlyMetersThatExist() throws IOException {
		List<String> expressions = Stream.concat(Observability.panels().stream(), Observability.alerts().stream())
			.toList();
		assertThat(expressions).hasSizeGreaterThan(15);
		Set<String> named = expressions.stream()
			.flatMap((expression) -> METER.matcher(expression).results())
			.map(MatchResult::group)
			.collect(Collectors.toCollection(TreeSet::new));
		assertThat(named).contains("weakref_live", "weakref_purged_total", "weakref_gets_total", "weakref_puts_total",
				"weakref_loads_seconds_sum", "weakref_loads_seconds_count", "weakref_load_failures_total",
				"weakref_callbacks_total", "weakref_callback_errors_total", "weakref_callbacks_pending");
		Awaitility.await().atMost(Duration.ofSeconds(30)).until(() -> {
			System.gc(); // the pause meter is there after the first pause
			return exposed().contains("jvm_gc_pause_seconds_count");
		});
		assertThat(exposed()).containsAll(named);
	}

	private Set<String> exposed() {
		byte[] scrape = this.server.get().uri("/actuator/prometheus").exchange().getResponse().getContentAsByteArray();
		return new String(scrape, StandardCharsets.UTF_8).lines()
			.filter((line) -> !line.startsWith("#"))
			.map((line) -> line.replaceFirst("[{ ].*", ""))
			.collect(Collectors.toSet());
	}

}
