package io.weakref.collection;

import java.util.Objects;

/**
 * What the builders of the weak collections with weak keys or elements have in common.
 *
 * @param <B> the type of the builder itself
 * @since 0.1.0
 */
public abstract sealed class WeakKeyedBuilder<B extends WeakKeyedBuilder<B>> extends WeakCollectionBuilder<B>
		permits WeakKeyDictionary.Builder, WeakSet.Builder {

	private KeyMatch keyMatch = KeyMatch.EQUALITY;

	private KeyRetention keyRetention = KeyRetention.OLDEST;

	WeakKeyedBuilder(WeakCacheKind kind) {
		super(kind);
	}

	/**
	 * Set how keys are compared.
	 * @param keyMatch {@link KeyMatch#EQUALITY} by default
	 * @return this builder
	 */
	public B keyMatch(KeyMatch keyMatch) {
		this.keyMatch = Objects.requireNonNull(keyMatch, "keyMatch");
		return self();
	}

	/**
	 * Set which of two equal keys stays.
	 * @param keyRetention {@link KeyRetention#OLDEST} by default
	 * @return this builder
	 */
	public B keyRetention(KeyRetention keyRetention) {
		this.keyRetention = Objects.requireNonNull(keyRetention, "keyRetention");
		return self();
	}

	@Override
	final <K, V> WeakTable<K, V> table(String name, WeakCollection owner) {
		return table(name, owner, true, this.keyMatch, this.keyRetention);
	}

}
