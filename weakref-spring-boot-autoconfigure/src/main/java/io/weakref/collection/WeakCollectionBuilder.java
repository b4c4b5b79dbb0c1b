package io.weakref.collection;

import java.util.Objects;
import java.util.concurrent.atomic.AtomicLong;

import io.weakref.cleaner.WeakCleaner;
import io.weakref.reference.ReferentPolicy;
import org.jspecify.annotations.Nullable;

/**
 * What the builders of all weak collections have in common. Not thread-safe.
 *
 * @param <B> the type of the builder itself
 * @since 0.1.0
 */
public abstract sealed class WeakCollectionBuilder<B extends WeakCollectionBuilder<B>>
		permits WeakValueDictionary.Builder, WeakLocks.Builder, WeakKeyedBuilder {

	private static final AtomicLong unnamed = new AtomicLong();

	private final WeakCacheKind kind;

	private @Nullable String name;

	private @Nullable WeakCleaner cleaner;

	private int initialCapacity;

	private boolean recordStats;

	private ReferentPolicy referentPolicy = ReferentPolicy.WARN;

	WeakCollectionBuilder(WeakCacheKind kind) {
		this.kind = kind;
	}

	@SuppressWarnings("unchecked")
	final B self() {
		return (B) this;
	}

	/**
	 * Return which kind of collection this builds.
	 * @return the kind
	 */
	public WeakCacheKind kind() {
		return this.kind;
	}

	/**
	 * Return the name of the collection.
	 * @return the name; {@code null} if none has been set
	 */
	public @Nullable String name() {
		return this.name;
	}

	/**
	 * Set the name of the collection, which meters, log lines and reports show.
	 * @param name the name, not blank; by default one is generated
	 * @return this builder
	 */
	public B name(String name) {
		if (name.isBlank()) {
			throw new IllegalArgumentException("name must not be blank");
		}
		this.name = name;
		return self();
	}

	/**
	 * Set the cleaner that removes dead entries.
	 * @param cleaner the cleaner; {@link WeakCleaner#shared()} by default
	 * @return this builder
	 */
	public B cleaner(WeakCleaner cleaner) {
		this.cleaner = Objects.requireNonNull(cleaner, "cleaner");
		return self();
	}

	/**
	 * Set the number of entries that the table can hold before it grows. It never shrinks
	 * below that size.
	 * @param initialCapacity the number of entries, not negative
	 * @return this builder
	 */
	public B initialCapacity(int initialCapacity) {
		if (initialCapacity < 0) {
			throw new IllegalArgumentException("initialCapacity must not be negative: " + initialCapacity);
		}
		this.initialCapacity = initialCapacity;
		return self();
	}

	/**
	 * Set whether lookups, loads and puts are counted.
	 * @param recordStats {@code false} by default
	 * @return this builder
	 */
	public B recordStats(boolean recordStats) {
		this.recordStats = recordStats;
		return self();
	}

	/**
	 * Set how to treat referents that would never die or would die immediately.
	 * @param referentPolicy the policy; {@link ReferentPolicy#WARN} by default
	 * @return this builder
	 */
	public B referentPolicy(ReferentPolicy referentPolicy) {
		this.referentPolicy = Objects.requireNonNull(referentPolicy, "referentPolicy");
		return self();
	}

	/**
	 * Create the collection.
	 * @return an empty collection
	 */
	public abstract WeakCollection build();

	final String nameOrDefault() {
		return (this.name != null) ? this.name : madeUpName();
	}

	/** Generate a name such as {@code weakSet-3}. */
	private String madeUpName() {
		String type = this.kind.collectionType().getSimpleName();
		return Character.toLowerCase(type.charAt(0)) + type.substring(1) + "-" + unnamed.incrementAndGet();
	}

	final ReferentGuard guard(String name) {
		return new ReferentGuard(name, this.referentPolicy, holds());
	}

	/** Whether the weak collection itself holds its referents strongly for a while. */
	boolean holds() {
		return false;
	}

	final boolean isRecordingStats() {
		return this.recordStats;
	}

	final @Nullable StatsRecorder recorder() {
		return this.recordStats ? new StatsRecorder() : null;
	}

	/** Create the table of a weak collection. */
	abstract <K, V> WeakTable<K, V> table(String name, WeakCollection owner);

	final <K, V> WeakTable<K, V> table(String name, WeakCollection owner, boolean weakKeys, KeyMatch keyMatch,
			KeyRetention keyRetention) {
		WeakCleaner cleaner = (this.cleaner != null) ? this.cleaner : WeakCleaner.shared();
		WeakTable<K, V> table = new WeakTable<>(name, weakKeys, keyMatch, keyRetention, this.initialCapacity, cleaner);
		table.ownedBy(owner);
		return table;
	}

}
