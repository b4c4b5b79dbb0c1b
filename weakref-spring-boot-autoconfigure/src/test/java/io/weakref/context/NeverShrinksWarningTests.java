package io.weakref.context;

import java.time.Duration;
import java.util.ArrayList;
import java.util.List;

import io.weakref.cleaner.WeakCleaner;
import io.weakref.collection.WeakAges;
import io.weakref.collection.WeakCacheKind;
import io.weakref.collection.WeakSet;
import org.junit.jupiter.api.AfterEach;
import org.junit.jupiter.api.Test;

import static org.assertj.core.api.Assertions.assertThat;

/**
 * Tests for {@link NeverShrinksWarning}.
 */
class NeverShrinksWarningTests {

	private final WeakCleaner cleaner = WeakCleaner.builder().threadName("warning-tests").build();

	private final WeakCacheRegistry registry = new WeakCacheRegistry(this.cleaner);

	private final List<String> logged = new ArrayList<>();

	private long now;

	private final NeverShrinksWarning warning = new NeverShrinksWarning(this.registry, () -> this.now,
			this.logged::add);

	@AfterEach
	void close() {
		this.cleaner.close();
	}

	@Test
	void warningStatesTheRegisteredNameTheNumberOfEntriesAndWhatToDo() {
		this.registry.register("tiles", new Aged("a name of its own", true));
		this.registry.register("viewers", new Aged("viewers", false));
		this.warning.warn();
		assertThat(this.logged).singleElement()
			.isEqualTo("Weak cache 'tiles' never shrinks: it has 4211 entries, and in the last 5 old garbage "
					+ "collections none of them has died, so something else holds them. Call the actuator endpoint "
					+ "'weakretention' to find out what: POST /actuator/weakretention/tiles (it needs "
					+ "'management.endpoint.weakretention.access=unrestricted' and web exposure). If the entries are "
					+ "meant to stay, set 'weakref.never-shrinks-warning=false'.");
	}

	@Test
	void warningAboutLocksSaysThatThreadsMayHoldThem() {
		assertThat(NeverShrinksWarning.message("accounts", WeakCacheKind.LOCKS, 4211))
			.startsWith("Weak cache 'accounts' never shrinks: it has 4211 entries, and in the last 5 old garbage "
					+ "collections none of them has died, so threads hold these locks, or something else refers to "
					+ "them. Call the actuator endpoint");
	}

	@Test
	void warnsAboutEachCacheOnceADay() {
		this.registry.register("tiles", new Aged("tiles", true));
		this.warning.warn();
		this.now += Duration.ofHours(12).toNanos();
		this.registry.register("viewers", new Aged("viewers", true));
		this.warning.warn();
		assertThat(this.logged).hasSize(2).last().asString().contains("'viewers'");
		this.now += Duration.ofHours(12).toNanos();
		this.warning.warn();
		this.warning.warn();
		assertThat(this.logged).hasSize(3).last().asString().contains("'tiles'");
	}

	@Test
	void warnsAboutACacheThatReusesTheNameOfARemovedOne() {
		this.registry.register("tiles", new Aged("tiles", true));
		this.warning.warn();
		this.registry.remove("tiles");
		this.warning.warn();
		this.registry.register("tiles", new Aged("tiles", true));
		this.warning.warn();
		assertThat(this.logged).hasSize(2);
	}

	private static final class Aged extends WeakSet<Object> {

		private final String name;

		private final boolean neverShrinks;

		Aged(String name, boolean neverShrinks) {
			this.name = name;
			this.neverShrinks = neverShrinks;
		}

		@Override
		public String name() {
			return this.name;
		}

		@Override
		public int size() {
			return 4211;
		}

		@Override
		public WeakAges ages() {
			return new WeakAges(256, 256, 256, 0, this.neverShrinks);
		}

	}

}
