package io.weakref.near;

import java.util.function.Predicate;

/**
 * Tells which keys of the second level have changed, whoever changed them, and whether it
 * can be relied on to do so.
 *
 * @since 0.1.0
 */
public interface NearInvalidation {

	/**
	 * Have a listener told of the changes of all keys that begin with a prefix. Returns
	 * at once; the subscription is not trusted before the server watches the prefix and
	 * the listener was told to {@link Listener#flush flush}.
	 * @param prefix the prefix, not empty
	 * @param listener the listener
	 * @return the subscription, which lasts as long as this object
	 */
	Subscription subscribe(byte[] prefix, Listener listener);

	/**
	 * Return whether all of the second level is watched, and if not, why.
	 * @return the trust at this moment
	 */
	Trust trust();

	/**
	 * The watch over the keys of one cache.
	 */
	interface Subscription {

		/** Stands for a time after which nothing may be served. */
		long NEVER = Long.MAX_VALUE;

		/**
		 * Return for how long changes of a key may have gone unnoticed.
		 * @param key the key
		 * @return zero while every change is heard of, the nanoseconds since that ended,
		 * or {@link #NEVER} where what was stored before is known to be unusable
		 */
		long untrustedFor(NearKey key);

		/**
		 * Return whether every change of a key is heard of.
		 * @param key the key
		 * @return whether what was read after this moment may be stored
		 */
		default boolean isTrusted(NearKey key) {
			return untrustedFor(key) == 0;
		}

	}

	/**
	 * Hears of changes. Its methods are called on threads that must not wait.
	 */
	interface Listener {

		/**
		 * A key has changed, expired or been removed.
		 * @param key the key
		 */
		void changed(NearKey key);

		/**
		 * Any of these keys may have changed. Called before they are trusted again, on a
		 * thread of its own.
		 * @param keys which keys
		 */
		void flush(Predicate<? super NearKey> keys);

		/**
		 * Any key may have changed. Called before keys are trusted again, on a thread of
		 * its own.
		 */
		void flush();

	}

	/**
	 * Whether changes are heard of.
	 *
	 * @param trusted whether all are
	 * @param reason why not, a sentence without a full stop; empty where they are
	 */
	record Trust(boolean trusted, String reason) {

		/** All changes are heard of. */
		public static final Trust TRUSTED = new Trust(true, "");

		/**
		 * Create the opposite.
		 * @param reason why changes may go unnoticed, without a full stop
		 * @return that this is so
		 */
		public static Trust untrusted(String reason) {
			return new Trust(false, reason);
		}

	}

}
