package io.weakref.actuate;

import java.util.Collection;
import java.util.List;

import io.weakref.cleaner.WeakCleaner;

import org.springframework.boot.health.contributor.AbstractHealthIndicator;
import org.springframework.boot.health.contributor.Health;
import org.springframework.boot.health.contributor.HealthIndicator;
import org.springframework.boot.health.contributor.Status;

/**
 * A {@link HealthIndicator} that is down when the drain thread of a cleaner has ended, so
 * that callbacks are no longer run. The detail {@code pendingCallbacks} counts callbacks
 * that wait or are stuck. It is present in every status and does not affect the status.
 *
 * @since 0.1.0
 */
public final class WeakrefHealthIndicator extends AbstractHealthIndicator {

	private final List<WeakCleaner> cleaners;

	/**
	 * Create an indicator.
	 * @param cleaners the cleaners of the application
	 */
	public WeakrefHealthIndicator(Collection<WeakCleaner> cleaners) {
		super("Weakref health check failed");
		this.cleaners = List.copyOf(cleaners);
	}

	@Override
	protected void doHealthCheck(Health.Builder builder) {
		boolean alive = this.cleaners.stream().allMatch(WeakCleaner::isAlive);
		builder.status(alive ? Status.UP : Status.DOWN)
			.withDetail("pendingCallbacks",
					this.cleaners.stream().mapToLong((cleaner) -> cleaner.stats().pendingCallbacks()).sum());
	}

}
