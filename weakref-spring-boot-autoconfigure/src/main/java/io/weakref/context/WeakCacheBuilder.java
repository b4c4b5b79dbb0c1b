package io.weakref.context;

import io.weakref.cleaner.WeakCleaner;
import io.weakref.collection.KeyMatch;
import io.weakref.collection.KeyRetention;
import io.weakref.collection.WeakCollection;
import io.weakref.collection.WeakCollectionBuilder;
import io.weakref.collection.WeakKeyDictionary;
import io.weakref.collection.WeakKeyedBuilder;
import io.weakref.collection.WeakSet;
import io.weakref.collection.WeakValueDictionary;
import io.weakref.reference.ReferentPolicy;

/**
 * A weak cache that is about to be made by the {@link WeakCacheRegistry}, as
 * {@link WeakCacheBuilderCustomizer customizers} see it: one builder over the three
 * collections' own. Its name and kind are settled, the rest may be set, the last one to
 * set it wins. Not for use by several threads.
 */
public final class WeakCacheBuilder {

	private final String name;

	private final WeakCacheKind kind;

	private WeakCleaner cleaner;

	private int initialCapacity;

	private boolean recordStats;

	private ReferentPolicy referentPolicy = ReferentPolicy.WARN;

	private KeyMatch keyMatch = KeyMatch.EQUALITY;

	private KeyRetention keyRetention = KeyRetention.OLDEST;

	WeakCacheBuilder(String name, WeakCacheKind kind, WeakCleaner cleaner) {
		this.name = name;
		this.kind = kind;
		this.cleaner = cleaner;
	}

	/**
	 * Return the name under which the cache will be registered.
	 * @return the name
	 */
	public String name() {
		return this.name;
	}

	/**
	 * Return what will be built.
	 * @return the kind
	 */
	public WeakCacheKind kind() {
		return this.kind;
	}

	/**
	 * Set the cleaner that removes what has died.
	 * @param cleaner the cleaner, the application's where none is set
	 * @return this builder
	 */
	public WeakCacheBuilder cleaner(WeakCleaner cleaner) {
		this.cleaner = cleaner;
		return this;
	}

	/**
	 * Set for how many entries there is room before the table grows.
	 * @param initialCapacity the number of entries, not negative
	 * @return this builder
	 * @throws IllegalArgumentException if it is negative
	 */
	public WeakCacheBuilder initialCapacity(int initialCapacity) {
		if (initialCapacity < 0) {
			throw new IllegalArgumentException("The initial capacity of weak cache '%s' must be 0 or more, not %d"
				.formatted(this.name, initialCapacity));
		}
		this.initialCapacity = initialCapacity;
		return this;
	}

	/**
	 * Set whether lookups, loads and puts are counted.
	 * @param recordStats whether to count
	 * @return this builder
	 */
	public WeakCacheBuilder recordStats(boolean recordStats) {
		this.recordStats = recordStats;
		return this;
	}

	/**
	 * Set what becomes of referents that can never die or die at once.
	 * @param referentPolicy the policy
	 * @return this builder
	 */
	public WeakCacheBuilder referentPolicy(ReferentPolicy referentPolicy) {
		this.referentPolicy = referentPolicy;
		return this;
	}

	/**
	 * Set how weak keys or elements are compared.
	 * @param keyMatch the comparison
	 * @return this builder
	 * @throws IllegalStateException if the kind has no weak keys
	 */
	public WeakCacheBuilder keyMatch(KeyMatch keyMatch) {
		assertWeakKeyed("key match");
		this.keyMatch = keyMatch;
		return this;
	}

	/**
	 * Set which of two equal weak keys or elements stays.
	 * @param keyRetention the rule
	 * @return this builder
	 * @throws IllegalStateException if the kind has no weak keys
	 */
	public WeakCacheBuilder keyRetention(KeyRetention keyRetention) {
		assertWeakKeyed("key retention");
		this.keyRetention = keyRetention;
		return this;
	}

	private void assertWeakKeyed(String option) {
		if (!this.kind.isWeakKeyed()) {
			throw new IllegalStateException("Weak cache '%s' of kind %s has no %s: only kinds keys and set have"
				.formatted(this.name, this.kind, option));
		}
	}

	boolean recordsStats() {
		return this.recordStats;
	}

	WeakCollection build() {
		return switch (this.kind) {
			case VALUES -> configure(WeakValueDictionary.builder()).build();
			case KEYS -> configureKeys(WeakKeyDictionary.builder()).build();
			case SET -> configureKeys(WeakSet.builder()).build();
		};
	}

	private <B extends WeakCollectionBuilder<B>> B configure(B builder) {
		return builder.name(this.name)
			.cleaner(this.cleaner)
			.initialCapacity(this.initialCapacity)
			.recordStats(this.recordStats)
			.referentPolicy(this.referentPolicy);
	}

	private <B extends WeakKeyedBuilder<B>> B configureKeys(B builder) {
		return configure(builder).keyMatch(this.keyMatch).keyRetention(this.keyRetention);
	}

}
