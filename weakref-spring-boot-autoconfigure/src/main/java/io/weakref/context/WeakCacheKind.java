package io.weakref.context;

import java.util.Arrays;
import java.util.Locale;

import io.weakref.collection.WeakCollection;
import io.weakref.collection.WeakKeyDictionary;
import io.weakref.collection.WeakSet;
import io.weakref.collection.WeakValueDictionary;

/**
 * Which side of a weak cache is weak, and so which collection it is. The
 * {@link #toString() text} of a kind is what properties, meters and the endpoint show.
 */
public enum WeakCacheKind {

	/** A {@link WeakValueDictionary}. */
	VALUES(WeakValueDictionary.class),

	/** A {@link WeakKeyDictionary}. */
	KEYS(WeakKeyDictionary.class),

	/** A {@link WeakSet}. */
	SET(WeakSet.class);

	private final Class<? extends WeakCollection> collectionType;

	@SuppressWarnings("rawtypes")
	WeakCacheKind(Class<? extends WeakCollection> collectionType) {
		this.collectionType = collectionType;
	}

	/**
	 * Return the class of the collections of this kind.
	 * @return the collection class
	 */
	public Class<? extends WeakCollection> collectionType() {
		return this.collectionType;
	}

	int typeParameters() {
		return this.collectionType.getTypeParameters().length;
	}

	/**
	 * Return whether the weak side is what is looked up, so that key match and key
	 * retention mean something.
	 * @return whether lookups go by the weak side
	 */
	public boolean isWeakKeyed() {
		return this != VALUES;
	}

	/**
	 * Return the kind of a collection.
	 * @param cache the collection
	 * @return its kind
	 * @throws IllegalArgumentException if it is none of the three collections of this
	 * library
	 */
	public static WeakCacheKind of(WeakCollection cache) {
		return Arrays.stream(values())
			.filter((kind) -> kind.collectionType.isInstance(cache))
			.findFirst()
			.orElseThrow(() -> new IllegalArgumentException("A weak cache is a WeakValueDictionary, "
					+ "a WeakKeyDictionary or a WeakSet, not a " + cache.getClass().getName()));
	}

	static boolean isOneOf(WeakCollection cache) {
		return Arrays.stream(values()).anyMatch((kind) -> kind.collectionType.isInstance(cache));
	}

	@Override
	public String toString() {
		return name().toLowerCase(Locale.ROOT);
	}

}
