package io.weakref.actuate;

import io.weakref.near.NearInvalidation;
import io.weakref.near.NearInvalidation.Trust;

import org.springframework.boot.health.contributor.AbstractHealthIndicator;
import org.springframework.boot.health.contributor.Health;
import org.springframework.boot.health.contributor.HealthIndicator;

/**
 * A {@link HealthIndicator} that reports whether the near cache is trusted, and if not,
 * why. Its status is up in either case: without trust every read goes to the second
 * level, whose own indicator reports whether it is down.
 *
 * @since 0.1.0
 */
public final class NearCacheHealthIndicator extends AbstractHealthIndicator {

	private final NearInvalidation invalidation;

	/**
	 * Create an indicator.
	 * @param invalidation knows whether changes of the second level are reported
	 */
	public NearCacheHealthIndicator(NearInvalidation invalidation) {
		super("Near cache health check failed");
		this.invalidation = invalidation;
	}

	@Override
	protected void doHealthCheck(Health.Builder builder) {
		Trust trust = this.invalidation.trust();
		builder.up().withDetail("trusted", trust.trusted());
		if (!trust.trusted()) {
			builder.withDetail("reason", trust.reason());
		}
	}

}
