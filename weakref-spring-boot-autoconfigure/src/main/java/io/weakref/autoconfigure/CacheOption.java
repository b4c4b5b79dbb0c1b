package io.weakref.autoconfigure;

import java.util.List;
import java.util.Set;
import java.util.function.BiConsumer;
import java.util.function.Function;

import io.weakref.collection.WeakCacheKind;
import io.weakref.collection.WeakCollectionBuilder;
import io.weakref.collection.WeakKeyedBuilder;
import io.weakref.collection.WeakValueDictionary;
import org.jspecify.annotations.Nullable;

/**
 * An option of a cache: the property that sets it, and the method of a builder that
 * accepts it. A kind has the option if its builder has the method, unless the kind is
 * excluded.
 *
 * @param name the last element of the property's name
 * @param builderType the builder that has the method
 * @param without the kinds that do not have the option although their builders have the
 * method
 * @param ofCache returns the value below {@code weakref.caches.<name>}; null if it is not
 * set
 * @param ofDefaults returns the value below {@code weakref.defaults}; null if there is
 * none
 * @param method the method
 * @param <B> the type of the builder
 * @param <T> the type of the value
 */
record CacheOption<B extends WeakCollectionBuilder<?>, T>(String name, Class<B> builderType, Set<WeakCacheKind> without,
		Function<WeakrefProperties.Cache, @Nullable T> ofCache,
		Function<WeakrefProperties.Defaults, @Nullable T> ofDefaults, BiConsumer<B, T> method) {

	/** All options. Add a new option here. */
	@SuppressWarnings("rawtypes") // class literals are raw types
	static final List<CacheOption<?, ?>> ALL = List.of(
			of("initial-capacity", WeakCollectionBuilder.class, WeakrefProperties.Cache::initialCapacity,
					WeakCollectionBuilder::initialCapacity),
			of("record-stats", WeakCollectionBuilder.class, WeakrefProperties.Cache::recordStats,
					WeakCollectionBuilder::recordStats)
				.withDefault(WeakrefProperties.Defaults::isRecordStats),
			of("referents", WeakCollectionBuilder.class, WeakrefProperties.Cache::referents,
					WeakCollectionBuilder::referentPolicy)
				.withDefault(WeakrefProperties.Defaults::getReferents)
				.without(WeakCacheKind.LOCKS),
			of("key-match", WeakKeyedBuilder.class, WeakrefProperties.Cache::keyMatch, WeakKeyedBuilder::keyMatch),
			of("key-retention", WeakKeyedBuilder.class, WeakrefProperties.Cache::keyRetention,
					WeakKeyedBuilder::keyRetention),
			of("hold-for", WeakValueDictionary.Builder.class, WeakrefProperties.Cache::holdFor,
					WeakValueDictionary.Builder::holdFor)
				.withDefault(WeakrefProperties.Defaults::getHoldFor),
			of("hold-max", WeakValueDictionary.Builder.class, WeakrefProperties.Cache::holdMax,
					WeakValueDictionary.Builder::holdMax)
				.withDefault(WeakrefProperties.Defaults::getHoldMax));

	private static <B extends WeakCollectionBuilder<?>, T> CacheOption<B, T> of(String name, Class<B> builderType,
			Function<WeakrefProperties.Cache, @Nullable T> ofCache, BiConsumer<B, T> method) {
		return new CacheOption<>(name, builderType, Set.of(), ofCache, (defaults) -> null, method);
	}

	private CacheOption<B, T> withDefault(Function<WeakrefProperties.Defaults, @Nullable T> ofDefaults) {
		return new CacheOption<>(this.name, this.builderType, this.without, this.ofCache, ofDefaults, this.method);
	}

	private CacheOption<B, T> without(WeakCacheKind kind) {
		return new CacheOption<>(this.name, this.builderType, Set.of(kind), this.ofCache, this.ofDefaults, this.method);
	}

	/**
	 * Apply the options of a declaration to a builder.
	 */
	static void apply(WeakrefProperties.Cache cache, WeakCollectionBuilder<?> builder) {
		ALL.forEach((option) -> option.applyValue(cache, builder));
	}

	/**
	 * Apply the defaults to a builder, as far as it has methods for them.
	 */
	static void apply(WeakrefProperties.Defaults defaults, WeakCollectionBuilder<?> builder) {
		ALL.forEach((option) -> option.applyDefault(defaults, builder));
	}

	/**
	 * Return whether caches of a kind have this option.
	 */
	boolean isOptionOf(WeakCacheKind kind) {
		return this.builderType.isInstance(kind.builder()) && !this.without.contains(kind);
	}

	@Nullable T value(WeakrefProperties.Cache cache) {
		return this.ofCache.apply(cache);
	}

	private void applyValue(WeakrefProperties.Cache cache, WeakCollectionBuilder<?> builder) {
		applyTo(builder, this.ofCache.apply(cache));
	}

	private void applyDefault(WeakrefProperties.Defaults defaults, WeakCollectionBuilder<?> builder) {
		applyTo(builder, this.ofDefaults.apply(defaults));
	}

	private void applyTo(WeakCollectionBuilder<?> builder, @Nullable T value) {
		if (value != null && this.builderType.isInstance(builder)) {
			this.method.accept(this.builderType.cast(builder), value);
		}
	}

}
