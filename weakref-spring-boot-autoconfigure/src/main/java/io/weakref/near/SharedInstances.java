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
 * Keeps one live instance for each key and content, independently of the first level: a
 * value that is read again after an expiry, after a flush or while untrusted is the
 * instance that is still in use.
 * <p>
 * Content is compared by the SHA-256 digest of the serialized bytes. Values are held
 * weakly.
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

	/** Return the live instance for a key and content, if there is one. */
	@Nullable Object find(Content content) {
		return this.instances.get(content);
	}

	/**
	 * Return the live instance for a key and content. If there is none, the given value
	 * becomes that instance.
	 */
	Object share(Content content, Object value) {
		if (!isShareable(value)) {
			return value;
		}
		Object earlier = this.instances.putIfAbsent(content, value);
		return (earlier != null) ? earlier : value;
	}

	/**
	 * As {@link #share}, for a value that the application created: a string does not
	 * become the shared instance, because it may be a literal, which never dies.
	 */
	Object shareOwn(Content content, Object value) {
		if (value instanceof String) {
			Object earlier = this.instances.get(content);
			return (earlier != null) ? earlier : value;
		}
		return share(content, value);
	}

	/**
	 * Return whether an entry for a value is removed at some time. Entries for boxed
	 * values, enum constants, classes and the like would stay forever. A deserialized
	 * string dies like any other object.
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
				throw new IllegalStateException("Every Java platform provides SHA-256", ex);
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
