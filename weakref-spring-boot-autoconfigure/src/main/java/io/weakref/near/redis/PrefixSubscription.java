package io.weakref.near.redis;

import io.weakref.near.NearInvalidation.Listener;
import io.weakref.near.NearInvalidation.Subscription;
import io.weakref.near.NearKey;

/**
 * The subscription to changes of the keys with one prefix.
 */
final class PrefixSubscription implements Subscription {

	private final RedisNearInvalidation invalidation;

	private final int ordinal;

	private final byte[] prefix;

	private final Listener listener;

	PrefixSubscription(RedisNearInvalidation invalidation, int ordinal, byte[] prefix, Listener listener) {
		this.invalidation = invalidation;
		this.ordinal = ordinal;
		this.prefix = prefix;
		this.listener = listener;
	}

	@Override
	public long untrustedFor(NearKey key) {
		// A prefix that is computed anew for each key can yield keys that are not
		// watched.
		if (!key.startsWith(this.prefix)) {
			return NEVER;
		}
		Tracking tracking = this.invalidation.tracking();
		return (tracking != null) ? tracking.untrustedFor(this, key) : NEVER;
	}

	/** Subscriptions are numbered in the order in which they were made. */
	int ordinal() {
		return this.ordinal;
	}

	byte[] prefix() {
		return this.prefix;
	}

	Listener listener() {
		return this.listener;
	}

}
