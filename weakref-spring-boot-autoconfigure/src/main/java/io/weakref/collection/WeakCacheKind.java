package io.weakref.collection;

import java.util.List;
import java.util.Locale;

/**
 * Which kind of collection a weak cache is, and so which side of it is weak. The
 * {@link #toString() text} of a kind is what properties, meters and the endpoint show.
 *
 * @since 0.1.0
 */
public enum WeakCacheKind {

	/** A {@link WeakValueDictionary}. */
	VALUES(WeakValueDictionary.class, "key-type", "value-type"),

	/** A {@link WeakKeyDictionary}. */
	KEYS(WeakKeyDictionary.class, "key-type", "value-type"),

	/** A {@link WeakSet}. */
	SET(WeakSet.class, "element-type"),

	/** {@link WeakLocks}. */
	LOCKS(WeakLocks.class, "key-type");

	private final Class<? extends WeakCollection> collectionType;

	@SuppressWarnings("ImmutableEnumChecker")
	private final List<String> typeProperties;

	WeakCacheKind(Class<? extends WeakCollection> collectionType, String... typeProperties) {
		this.collectionType = collectionType;
		this.typeProperties = List.of(typeProperties);
	}

	/**
	 * Return the class of the collections of this kind.
	 * @return the collection class
	 */
	public Class<? extends WeakCollection> collectionType() {
		return this.collectionType;
	}

	/**
	 * Return a builder of a collection of this kind.
	 * @return a new builder with the default settings
	 */
	public WeakCollectionBuilder<?> builder() {
		return switch (this) {
			case VALUES -> WeakValueDictionary.builder();
			case KEYS -> WeakKeyDictionary.builder();
			case SET -> WeakSet.builder();
			case LOCKS -> WeakLocks.builder();
		};
	}

	/**
	 * Return the names of the properties that declare the types of what the collection
	 * has, one for each type parameter of the {@link #collectionType() collection class}
	 * and in the same order.
	 * @return the property names, in kebab case
	 */
	public List<String> typeProperties() {
		return this.typeProperties;
	}

	@Override
	public String toString() {
		return name().toLowerCase(Locale.ROOT);
	}

}
