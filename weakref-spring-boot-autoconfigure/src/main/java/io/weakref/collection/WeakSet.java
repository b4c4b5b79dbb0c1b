package io.weakref.collection;

import java.util.AbstractSet;
import java.util.Collection;
import java.util.Iterator;
import java.util.Objects;
import java.util.Spliterator;
import java.util.Spliterators;

import org.jspecify.annotations.Nullable;

/**
 * A concurrent set that holds its elements weakly: an element stays as long as something
 * else refers to it. Use it to keep track of the objects that are alive.
 * <p>
 * Adding an element that equals a live element keeps the present one, unless the set was
 * built with {@link KeyRetention#NEWEST}. {@code add}, {@code remove}, {@code contains}
 * and {@code intern} are atomic. Bulk methods and iterators are weakly consistent and
 * never throw {@code ConcurrentModificationException}. A {@code null} element causes a
 * {@code NullPointerException}, except that {@code contains(null)} returns {@code false}.
 * Not serializable.
 *
 * @param <E> the type of elements
 * @see WeakKeyDictionary
 * @since 0.1.0
 */
public non-sealed class WeakSet<E> extends AbstractSet<E> implements WeakCollection {

	private final WeakTable<E, Boolean> table;

	private final String name;

	private final boolean named;

	private final ReferentGuard guard;

	private final @Nullable StatsRecorder recorder;

	/**
	 * Create an empty set with the shared cleaner.
	 */
	@SuppressWarnings("this-escape")
	public WeakSet() {
		this(builder());
	}

	/**
	 * Create a set with the shared cleaner and the elements of a collection.
	 * @param source the collection to copy
	 */
	@SuppressWarnings("this-escape") // a subclass sees its elements added
	public WeakSet(Collection<? extends E> source) {
		this(WeakSet.<E>builder().initialCapacity(source.size()));
		for (E element : source) {
			put(element);
		}
	}

	private WeakSet(Builder<E> builder) {
		this.name = builder.nameOrDefault();
		this.named = builder.name() != null;
		this.table = builder.table(this.name, this);
		this.guard = builder.guard(this.name);
		this.recorder = builder.recorder();
	}

	/**
	 * Return a builder.
	 * @param <E> the type of elements
	 * @return a builder with the default settings
	 */
	public static <E> Builder<E> builder() {
		return new Builder<>();
	}

	@Override
	public WeakCacheKind kind() {
		return WeakCacheKind.SET;
	}

	@Override
	public String name() {
		return this.name;
	}

	@Override
	public boolean isNamed() {
		return this.named;
	}

	@Override
	public int size() {
		return this.table.size();
	}

	@Override
	public boolean isEmpty() {
		return this.table.size() == 0;
	}

	@Override
	public int liveCount() {
		return this.table.liveCount();
	}

	@Override
	public void purge() {
		this.table.purge();
	}

	@Override
	public void clear() {
		this.table.clear();
	}

	@Override
	public boolean isRecordingStats() {
		return this.recorder != null;
	}

	@Override
	public WeakStats stats() {
		return StatsRecorder.stats(this.recorder, this.table.purgedCount());
	}

	@Override
	public WeakAges ages() {
		return this.table.ages();
	}

	@Override
	public boolean contains(@Nullable Object element) {
		boolean contained = element != null && this.table.get(element) != null;
		if (this.recorder != null) {
			this.recorder.lookedUp(contained);
		}
		return contained;
	}

	@Override
	public boolean add(E element) {
		return put(element);
	}

	private boolean put(E element) {
		this.guard.check(Objects.requireNonNull(element, "element"));
		boolean added = this.table.put(element, true, false) == null;
		if (added && this.recorder != null) {
			this.recorder.put();
		}
		return added;
	}

	/**
	 * Return the representative of all objects that equal a given one: the live element
	 * of this set or, if there is none, the given object, which is then added. Atomic:
	 * all threads that intern equal objects at the same time get the same object. The
	 * first object stays, even with {@link KeyRetention#NEWEST}. Strings may be interned
	 * regardless of the referent policy. In the statistics a hit is a duplicate that was
	 * avoided.
	 * @param element the object to intern, which must not be modified afterwards
	 * @return the element of this set, never null
	 * @throws IllegalStateException if this set compares by identity, in which case no
	 * two objects are equal
	 */
	public E intern(E element) {
		Objects.requireNonNull(element, "element");
		if (this.table.comparesByIdentity()) {
			throw new IllegalStateException("The weak set '%s' compares by identity and cannot intern: build it with %s"
				.formatted(this.name, "keyMatch(KeyMatch.EQUALITY)"));
		}
		E present = this.table.keyEqualTo(element);
		while (present == null) {
			if (!(element instanceof String)) {
				this.guard.check(element);
			}
			if (this.table.put(element, true, true) == null) {
				if (this.recorder != null) {
					this.recorder.lookedUp(false);
					this.recorder.put();
				}
				return element;
			}
			present = this.table.keyEqualTo(element);
		}
		if (present != element && this.recorder != null) {
			this.recorder.lookedUp(true);
		}
		return present;
	}

	@Override
	public boolean remove(Object element) {
		return this.table.replace(element, null, null) != null;
	}

	@Override
	public Iterator<E> iterator() {
		return new Cursor<E, Boolean, E>(this.table) {

			@Override
			E element(Node node, E key, Boolean value) {
				return key;
			}

		};
	}

	@Override
	public Spliterator<E> spliterator() {
		return Spliterators.spliterator(iterator(), size(),
				Spliterator.CONCURRENT | Spliterator.NONNULL | Spliterator.DISTINCT);
	}

	/**
	 * Compare the live elements of both sides.
	 */
	@Override
	public boolean equals(@Nullable Object other) {
		return LiveEquality.equal(this, other);
	}

	@Override
	public int hashCode() {
		return super.hashCode();
	}

	/**
	 * Builds a {@link WeakSet}.
	 *
	 * @param <E> the type of elements
	 */
	public static final class Builder<E> extends WeakKeyedBuilder<Builder<E>> {

		private Builder() {
			super(WeakCacheKind.SET);
		}

		/**
		 * Create the set.
		 * @return an empty set
		 */
		@Override
		public WeakSet<E> build() {
			return new WeakSet<>(this);
		}

	}

}
