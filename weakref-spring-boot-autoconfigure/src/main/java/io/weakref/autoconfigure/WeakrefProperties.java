package io.weakref.autoconfigure;

import java.time.Duration;
import java.util.ArrayList;
import java.util.LinkedHashMap;
import java.util.List;
import java.util.Map;

import io.weakref.collection.KeyMatch;
import io.weakref.collection.KeyRetention;
import io.weakref.collection.WeakCacheKind;
import io.weakref.reference.ReferentPolicy;
import org.jspecify.annotations.Nullable;

import org.springframework.boot.context.properties.ConfigurationProperties;
import org.springframework.boot.context.properties.bind.DefaultValue;

/**
 * Properties of the weak caches.
 *
 * @since 0.1.0
 */
@ConfigurationProperties("weakref")
public class WeakrefProperties {

	/**
	 * Whether weak caches are auto-configured.
	 */
	private boolean enabled = true;

	/**
	 * Whether to warn, once a day, about each cache with 1,000 entries or more that never
	 * shrinks.
	 */
	private boolean neverShrinksWarning = true;

	/**
	 * Weak caches to create as beans, by name.
	 */
	private final Map<String, Cache> caches = new LinkedHashMap<>();

	private final Defaults defaults = new Defaults();

	private final Cleaner cleaner = new Cleaner();

	private final SpringCache springCache = new SpringCache();

	public boolean isEnabled() {
		return this.enabled;
	}

	public void setEnabled(boolean enabled) {
		this.enabled = enabled;
	}

	public boolean isNeverShrinksWarning() {
		return this.neverShrinksWarning;
	}

	public void setNeverShrinksWarning(boolean neverShrinksWarning) {
		this.neverShrinksWarning = neverShrinksWarning;
	}

	public Map<String, Cache> getCaches() {
		return this.caches;
	}

	public Defaults getDefaults() {
		return this.defaults;
	}

	public Cleaner getCleaner() {
		return this.cleaner;
	}

	public SpringCache getSpringCache() {
		return this.springCache;
	}

	/**
	 * One weak cache.
	 *
	 * @param kind which side is weak, or 'locks' for a lock for each key
	 * @param keyType class of the keys, for kinds 'values', 'keys' and 'locks'
	 * @param valueType class of the values, for kinds 'values' and 'keys'
	 * @param elementType class of the elements, for kind 'set'
	 * @param initialCapacity number of entries that fit before the table grows
	 * @param recordStats whether lookups, loads and puts are counted; by default the
	 * value of 'weakref.defaults.record-stats'
	 * @param keyMatch how weak keys or elements are compared, for kinds 'keys' and 'set'
	 * @param keyRetention which of two equal weak keys or elements stays, for kinds
	 * 'keys' and 'set'
	 * @param referents what to do with referents that never die or die immediately, for
	 * kinds 'values', 'keys' and 'set'; by default the value of
	 * 'weakref.defaults.referents'
	 * @param holdFor how long the cache itself holds a value after its last use, for kind
	 * 'values'; by default the value of 'weakref.defaults.hold-for'
	 * @param holdMax maximum number of values that the cache itself holds, for kind
	 * 'values'; by default the value of 'weakref.defaults.hold-max'
	 */
	public record Cache(@DefaultValue("values") WeakCacheKind kind, @Nullable Class<?> keyType,
			@Nullable Class<?> valueType, @Nullable Class<?> elementType, @Nullable Integer initialCapacity,
			@Nullable Boolean recordStats, @Nullable KeyMatch keyMatch, @Nullable KeyRetention keyRetention,
			@Nullable ReferentPolicy referents, @Nullable Duration holdFor, @Nullable Integer holdMax) {
	}

	/**
	 * Defaults for caches that do not set the option themselves.
	 */
	public static class Defaults {

		/**
		 * Whether lookups, loads and puts are counted.
		 */
		private boolean recordStats = true;

		/**
		 * What to do with referents that never die or die immediately.
		 */
		private ReferentPolicy referents = ReferentPolicy.WARN;

		/**
		 * How long a cache of kind 'values' itself holds a value after its last use.
		 */
		private @Nullable Duration holdFor;

		/**
		 * Maximum number of values that a cache of kind 'values' itself holds.
		 */
		private @Nullable Integer holdMax;

		public boolean isRecordStats() {
			return this.recordStats;
		}

		public void setRecordStats(boolean recordStats) {
			this.recordStats = recordStats;
		}

		public ReferentPolicy getReferents() {
			return this.referents;
		}

		public void setReferents(ReferentPolicy referents) {
			this.referents = referents;
		}

		public @Nullable Duration getHoldFor() {
			return this.holdFor;
		}

		public void setHoldFor(@Nullable Duration holdFor) {
			this.holdFor = holdFor;
		}

		public @Nullable Integer getHoldMax() {
			return this.holdMax;
		}

		public void setHoldMax(@Nullable Integer holdMax) {
			this.holdMax = holdMax;
		}

	}

	/**
	 * The auto-configured cleaner and its callback threads.
	 */
	public static class Cleaner {

		/**
		 * Name of the drain thread and of the cleaner.
		 */
		private String threadName = "weakref-cleaner";

		/**
		 * Number of threads that run callbacks.
		 */
		private int callbackThreads = 1;

		/**
		 * Whether callbacks run on virtual threads if the JVM has them.
		 */
		private boolean virtualThreads;

		/**
		 * How long the remaining callbacks may take when the application stops. Those
		 * that take longer are interrupted.
		 */
		private Duration shutdownTimeout = Duration.ofSeconds(5);

		public String getThreadName() {
			return this.threadName;
		}

		public void setThreadName(String threadName) {
			this.threadName = threadName;
		}

		public int getCallbackThreads() {
			return this.callbackThreads;
		}

		public void setCallbackThreads(int callbackThreads) {
			this.callbackThreads = callbackThreads;
		}

		public boolean isVirtualThreads() {
			return this.virtualThreads;
		}

		public void setVirtualThreads(boolean virtualThreads) {
			this.virtualThreads = virtualThreads;
		}

		public Duration getShutdownTimeout() {
			return this.shutdownTimeout;
		}

		public void setShutdownTimeout(Duration shutdownTimeout) {
			this.shutdownTimeout = shutdownTimeout;
		}

	}

	/**
	 * Weak caches for Spring's cache abstraction.
	 */
	public static class SpringCache {

		/**
		 * Whether to create a 'weakCacheManager' bean.
		 */
		private boolean enabled;

		/**
		 * Names of the caches of the manager. If none are given, caches are created on
		 * demand.
		 */
		private List<String> cacheNames = new ArrayList<>();

		public boolean isEnabled() {
			return this.enabled;
		}

		public void setEnabled(boolean enabled) {
			this.enabled = enabled;
		}

		public List<String> getCacheNames() {
			return this.cacheNames;
		}

		public void setCacheNames(List<String> cacheNames) {
			this.cacheNames = cacheNames;
		}

	}

}
