package io.weakref.context;

import java.util.Map;
import java.util.concurrent.ConcurrentHashMap;
import java.util.concurrent.TimeUnit;
import java.util.function.Consumer;
import java.util.function.LongSupplier;

import io.weakref.cleaner.WeakCleaner;
import io.weakref.collection.WeakCacheKind;
import org.apache.commons.logging.Log;
import org.apache.commons.logging.LogFactory;

import org.springframework.beans.factory.DisposableBean;
import org.springframework.beans.factory.InitializingBean;

/**
 * Logs a warning about each cache of a {@link WeakCacheRegistry} that never shrinks, at
 * most once a day for each cache, and says what to do.
 *
 * @since 0.1.0
 */
public final class NeverShrinksWarning implements InitializingBean, DisposableBean {

	private static final Log logger = LogFactory.getLog(NeverShrinksWarning.class);

	private static final long DAY_NANOS = TimeUnit.DAYS.toNanos(1);

	private final Runnable listener = this::warn;

	private final WeakCacheRegistry registry;

	private final LongSupplier nanoTime;

	private final Consumer<String> log;

	/** When each cache was last warned about, by name. */
	private final Map<String, Long> warnedAt = new ConcurrentHashMap<>();

	/**
	 * Create a warning for the caches of a registry.
	 * @param registry the registry
	 */
	public NeverShrinksWarning(WeakCacheRegistry registry) {
		this(registry, System::nanoTime, logger::warn);
	}

	NeverShrinksWarning(WeakCacheRegistry registry, LongSupplier nanoTime, Consumer<String> log) {
		this.registry = registry;
		this.nanoTime = nanoTime;
		this.log = log;
	}

	@Override
	public void afterPropertiesSet() {
		WeakCleaner.addNeverShrinksListener(this.listener);
	}

	@Override
	public void destroy() {
		WeakCleaner.removeNeverShrinksListener(this.listener);
	}

	/** Warn about the caches that have not been warned about for a day. */
	void warn() {
		this.warnedAt.keySet().retainAll(this.registry.names());
		for (String name : this.registry.names()) {
			this.registry.find(name)
				.filter((cache) -> cache.ages().neverShrinks() && isDue(name))
				.map((cache) -> message(name, cache.kind(), cache.size()))
				.ifPresent(this.log);
		}
	}

	private boolean isDue(String name) {
		long now = this.nanoTime.getAsLong();
		Long before = this.warnedAt.putIfAbsent(name, now);
		return before == null || (now - before >= DAY_NANOS && this.warnedAt.replace(name, before, now));
	}

	static String message(String name, WeakCacheKind kind, int size) {
		return """
				Weak cache '%s' never shrinks: it has %d entries, and in the last 5 old garbage collections \
				none of them has died, so %s. \
				Call the actuator endpoint 'weakretention' to find out what: POST /actuator/weakretention/%1$s \
				(it needs 'management.endpoint.weakretention.access=unrestricted' and web exposure). \
				If the entries are meant to stay, set 'weakref.never-shrinks-warning=false'.""".formatted(name, size,
				reason(kind));
	}

	private static String reason(WeakCacheKind kind) {
		return switch (kind) {
			case VALUES, KEYS, SET -> "something else holds them";
			case LOCKS -> "threads hold these locks, or something else refers to them";
		};
	}

}
