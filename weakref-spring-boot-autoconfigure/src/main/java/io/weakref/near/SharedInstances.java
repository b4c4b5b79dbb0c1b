package io.weakref.near;

import java.security.MessageDigest;
import java.security.NoSuchAlgorithmException;
import java.util.Arrays;

import io.weakref.cleaner.WeakCleaner;
import io.weakref.collection.WeakValueDictionary;
import io.weakref.reference.ReferentCheck;
import io.weakref.reference.ReferentPolicy;
import org.jspecify.annotations.Nullable;

/**
 * One live instance for each key and content, whatever the first level has: what was read
 * again after an expiry, a flush or without trust is the instance that somebody still
 * holds.
 * <p>
 * Content is compared by the SHA-256 of the bytes that the second level has. A value is
 * held for as long as somebody else holds it.
 */
final class SharedInstances {

	private final WeakValueDictionary<Content, Object> instances;

	private final ReferentCheck check = new ReferentCheck();

	SharedInstances(String name, WeakCleaner cleaner) {
		this.instances = WeakValueDictionary.<Content, Object>builder()
			.name(name)
			.cleaner(cleaner)
			.referentPolicy(ReferentPolicy.LENIENT)
			.build();
	}

	/** Return the live instance of a key and content, if there is one. */
	@Nullable Object find(Content content) {
		return this.instances.get(content);
	}

	/**
	 * Return the live instance of a key and content, which becomes this value where there
	 * is none.
	 */
	Object share(Content content, Object value) {
		if (!isShareable(value)) {
			return value;
		}
		Object earlier = this.instances.putIfAbsent(content, value);
		return (earlier != null) ? earlier : value;
	}

	/**
	 * Return the live instance of a key and content, which becomes this value of the
	 * application's own where there is none: not so a string, which may be a literal.
	 */
	Object shareOwn(Content content, Object value) {
		if (value instanceof String) {
			Object earlier = this.instances.get(content);
			return (earlier != null) ? earlier : value;
		}
		return share(content, value);
	}

	/**
	 * Return whether an entry for a value goes away one day: boxes, enum constants,
	 * classes and their like would stay for ever. A string that was read is like any
	 * other object.
	 */
	boolean isShareable(Object value) {
		return value instanceof String || this.check.objectionTo(value) == null;
	}

	/**
	 * A key and the digest of the bytes of its value.
	 */
	static final class Content {

		private final NearKey key;

		private final byte[] digest;

		Content(NearKey key, byte[] bytes) {
			this.key = key;
			try {
				this.digest = MessageDigest.getInstance("SHA-256").digest(bytes);
			}
			catch (NoSuchAlgorithmException ex) {
				throw new IllegalStateException("Every Java platform has SHA-256", ex);
			}
		}

		@Override
		public boolean equals(Object obj) {
			return obj instanceof Content other && Arrays.equals(this.digest, other.digest)
					&& this.key.equals(other.key);
		}

		@Override
		public int hashCode() {
			return 31 * this.key.hashCode() + Arrays.hashCode(this.digest);
		}

	}

}
