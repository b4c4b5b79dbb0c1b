package io.weakref.collection;

import java.util.List;
import java.util.Locale;

/**
 * The kind of a weak collection, which determines which side of its entries is weak.
 * Properties, meters and the endpoint show the {@link #toString() text} of a kind.
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
	 * Return the class of the weak collections of this kind.
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
	 * Return the names of the properties that declare the types of keys, values or
	 * elements: one for each type parameter of the {@link #collectionType() collection
	 * class}, in the same order.
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
