package io.weakref.near;

import java.util.function.Predicate;

/**
 * Reports which keys of the second level have changed, whoever changed them, and whether
 * it can be relied on to do so.
 *
 * @since 0.1.0
 */
public interface NearInvalidation {

	/**
	 * Report changes of all keys that begin with a prefix to a listener. Returns
	 * immediately; the subscription is not trusted before the server watches the prefix
	 * and the listener was told to {@link Listener#flush flush}.
	 * @param prefix the prefix, not empty
	 * @param listener the listener
	 * @return the subscription, which lasts as long as this object
	 */
	Subscription subscribe(byte[] prefix, Listener listener);

	/**
	 * Return whether changes of all keys of the second level are reported, and if not,
	 * why.
	 * @return the current trust
	 */
	Trust trust();

	/**
	 * The subscription to changes of the keys of one cache.
	 */
	interface Subscription {

		/** Means that nothing that is stored may be served, however short the time. */
		long NEVER = Long.MAX_VALUE;

		/**
		 * Return how long changes of a key may have gone unnoticed.
		 * @param key the key
		 * @return zero while every change is reported, otherwise the nanoseconds since
		 * that ended, or {@link #NEVER} if values that were stored before must not be
		 * used
		 */
		long untrustedFor(NearKey key);

		/**
		 * Return whether every change of a key is reported.
		 * @param key the key
		 * @return whether a value that is read from now on may be stored
		 */
		default boolean isTrusted(NearKey key) {
			return untrustedFor(key) == 0;
		}

	}

	/**
	 * Receives changes. Its methods are called on threads that must not wait.
	 */
	interface Listener {

		/**
		 * Called when a key has changed, expired or been removed.
		 * @param key the key
		 */
		void changed(NearKey key);

		/**
		 * Called when any of these keys may have changed, before they are trusted again,
		 * on the thread of the invalidation.
		 * @param keys matches the keys
		 */
		void flush(Predicate<? super NearKey> keys);

		/**
		 * Called when any key may have changed, before keys are trusted again, on the
		 * thread of the invalidation.
		 */
		void flush();

	}

	/**
	 * Whether changes are reported.
	 *
	 * @param trusted whether all changes are reported
	 * @param reason why they are not, a sentence without a full stop; empty if they are
	 */
	record Trust(boolean trusted, String reason) {

		/** All changes are reported. */
		public static final Trust TRUSTED = new Trust(true, "");

		/**
		 * Return that changes may go unnoticed.
		 * @param reason why changes may go unnoticed, without a full stop
		 * @return the trust
		 */
		public static Trust untrusted(String reason) {
			return new Trust(false, reason);
		}

	}

}
