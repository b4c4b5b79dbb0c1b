package io.weakref.collection;

import java.util.AbstractCollection;
import java.util.AbstractMap;
import java.util.AbstractSet;
import java.util.Collection;
import java.util.Iterator;
import java.util.Map;
import java.util.Objects;
import java.util.Set;
import java.util.Spliterator;
import java.util.Spliterators;
import java.util.concurrent.ConcurrentMap;
import java.util.concurrent.atomic.AtomicReference;
import java.util.function.BiFunction;
import java.util.function.BiPredicate;
import java.util.function.Function;
import java.util.function.Predicate;

import org.jspecify.annotations.Nullable;

/**
 * What the two dictionaries have in common, which is everything except which side is
 * weak.
 *
 * @param <K> the type of keys
 * @param <V> the type of values
 */
abstract sealed class WeakDictionary<K, V> extends AbstractMap<K, V> implements ConcurrentMap<K, V>, WeakCollection
		permits WeakValueDictionary, WeakKeyDictionary {

	/** Concurrent and therefore not sized, although the views return a size. */
	private static final int WEAK = Spliterator.CONCURRENT | Spliterator.NONNULL;

	private final WeakTable<K, V> table;

	private final String name;

	private final boolean named;

	private final ReferentGuard guard;

	private final @Nullable StatsRecorder recorder;

	WeakDictionary(WeakCollectionBuilder<?> builder) {
		this.name = builder.nameOrDefault();
		this.named = builder.name() != null;
		this.table = builder.table(this.name, this);
		this.guard = builder.guard(this.name);
		this.recorder = builder.recorder();
	}

	/** The table, for the additional methods of a subclass. */
	final WeakTable<K, V> table() {
		return this.table;
	}

	/**
	 * Put the entries of a map, without calling a method that a subclass can override.
	 */
	final void fill(Map<? extends K, ? extends V> source) {
		for (Map.Entry<? extends K, ? extends V> entry : source.entrySet()) {
			K key = entry.getKey();
			V value = entry.getValue();
			check(key, value);
			this.table.put(key, value, false);
			recordPut(true);
		}
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
	public @Nullable V get(Object key) {
		V value = this.table.use(key);
		if (this.recorder != null) {
			this.recorder.lookedUp(value != null);
			if (value == null) {
				this.table.missed(key);
			}
		}
		return value;
	}

	@Override
	@SuppressWarnings("NullAway") // the default may be null
	public V getOrDefault(Object key, V defaultValue) {
		V value = get(key);
		return (value != null) ? value : defaultValue;
	}

	@Override
	public boolean containsKey(@Nullable Object key) {
		return key != null && this.table.get(key) != null;
	}

	@Override
	public boolean containsValue(@Nullable Object value) {
		if (value != null) {
			for (V present : values()) {
				if (value == present || value.equals(present)) {
					return true;
				}
			}
		}
		return false;
	}

	@Override
	public @Nullable V put(K key, V value) {
		check(key, value);
		V old = this.table.put(key, value, false);
		recordPut(true);
		return old;
	}

	@Override
	public @Nullable V putIfAbsent(K key, V value) {
		check(key, value);
		V present = this.table.use(key);
		if (present == null) {
			present = this.table.put(key, value, true);
		}
		recordPut(present == null);
		return present;
	}

	@Override
	public void putAll(Map<? extends K, ? extends V> source) {
		if (source != this) {
			super.putAll(source);
		}
	}

	@Override
	public @Nullable V remove(Object key) {
		return this.table.replace(key, null, null);
	}

	@Override
	public boolean remove(Object key, @Nullable Object value) {
		Objects.requireNonNull(key, "key");
		return value != null && this.table.replace(key, value, null) != null;
	}

	@Override
	public @Nullable V replace(K key, V value) {
		check(key, value);
		V old = this.table.replace(key, null, value);
		recordPut(old != null);
		return old;
	}

	@Override
	public boolean replace(K key, V oldValue, V newValue) {
		Objects.requireNonNull(oldValue, "oldValue");
		check(key, newValue);
		boolean replaced = this.table.replace(key, oldValue, newValue) != null;
		recordPut(replaced);
		return replaced;
	}

	@Override
	@SuppressWarnings("NullAway") // null where the function returns null
	public V computeIfAbsent(K key, Function<? super K, ? extends V> function) {
		Objects.requireNonNull(function, "function");
		V present = this.table.use(key);
		if (present == null) {
			Load<K, V> load = new Load<>(this, function);
			present = this.table.computeIfAbsent(key, load);
			if (load.called) {
				return present;
			}
		}
		if (this.recorder != null) {
			this.recorder.lookedUp(true);
		}
		return present;
	}

	@Override
	public @Nullable V computeIfPresent(K key, BiFunction<? super K, ? super V, ? extends @Nullable V> function) {
		Objects.requireNonNull(function, "function");
		return this.table.compute(key, true, (k, old) -> checked(k, function.apply(k, Objects.requireNonNull(old))));
	}

	@Override
	public @Nullable V compute(K key, BiFunction<? super K, ? super @Nullable V, ? extends @Nullable V> function) {
		Objects.requireNonNull(function, "function");
		return this.table.compute(key, false, (k, old) -> checked(k, function.apply(k, old)));
	}

	@Override
	public @Nullable V merge(K key, V value, BiFunction<? super V, ? super V, ? extends @Nullable V> function) {
		Objects.requireNonNull(value, "value");
		Objects.requireNonNull(function, "function");
		return this.table.compute(key, false,
				(k, old) -> checked(k, (old != null) ? function.apply(old, value) : value));
	}

	/**
	 * Remove an arbitrary live entry.
	 * @return the entry that was removed, {@code null} if there was none
	 */
	public Map.@Nullable Entry<K, V> pollEntry() {
		AtomicReference<Map.@Nullable Entry<K, V>> taken = new AtomicReference<>();
		this.table.poll((key, value) -> taken.set(new SimpleImmutableEntry<>(key, value)));
		return taken.get();
	}

	@Override
	public Set<K> keySet() {
		return new Keys();
	}

	@Override
	public Collection<V> values() {
		return new Values();
	}

	@Override
	public Set<Map.Entry<K, V>> entrySet() {
		return new Entries();
	}

	/**
	 * Compare the live entries of both sides.
	 */
	@Override
	public boolean equals(@Nullable Object other) {
		return LiveEquality.equal(this, other);
	}

	@Override
	public int hashCode() {
		return super.hashCode();
	}

	@Nullable Node setValue(Node node, K key, V value, V replacement) {
		check(key, replacement);
		Node now = this.table.replaceEntry(node, key, value, replacement);
		recordPut(now != null);
		return now;
	}

	/**
	 * Remove the elements that meet a condition. Values that are being computed now are
	 * discarded if they meet it once they are known.
	 * @param elements the view to remove from
	 * @param filter the condition of the view
	 * @param condition the same condition, on key and value
	 */
	private <T> boolean removeIf(Iterable<T> elements, Predicate<? super T> filter,
			BiPredicate<Object, Object> condition) {
		this.table.removeComputed(condition);
		boolean removed = false;
		for (Iterator<T> it = elements.iterator(); it.hasNext();) {
			if (filter.test(it.next())) {
				it.remove();
				removed = true;
			}
		}
		return removed;
	}

	private void check(K key, V value) {
		Objects.requireNonNull(key, "key");
		Objects.requireNonNull(value, "value");
		this.guard.check(this.table.hasWeakKeys() ? key : value);
	}

	private @Nullable V checked(K key, @Nullable V value) {
		if (value != null) {
			check(key, value);
			recordPut(true);
		}
		return value;
	}

	private void recordPut(boolean stored) {
		if (stored && this.recorder != null) {
			this.recorder.put();
		}
	}

	/** Calls the function of {@code computeIfAbsent}, and records that it was called. */
	private static final class Load<K, V> implements Function<K, @Nullable V> {

		private final WeakDictionary<K, V> dictionary;

		private final Function<? super K, ? extends V> function;

		private boolean called;

		Load(WeakDictionary<K, V> dictionary, Function<? super K, ? extends V> function) {
			this.dictionary = dictionary;
			this.function = function;
		}

		@Override
		public @Nullable V apply(K key) {
			this.called = true;
			StatsRecorder recorder = this.dictionary.recorder;
			if (recorder == null) {
				return call(key);
			}
			recorder.lookedUp(false);
			this.dictionary.table.missed(key);
			long start = System.nanoTime();
			boolean failed = true;
			try {
				V value = call(key);
				failed = false;
				return value;
			}
			finally {
				recorder.loaded(System.nanoTime() - start, failed);
			}
		}

		private @Nullable V call(K key) {
			if (this.dictionary.table.hasWeakKeys()) {
				this.dictionary.guard.check(key);
			}
			return this.dictionary.checked(key, this.function.apply(key));
		}

	}

	private final class Keys extends AbstractSet<K> {

		@Override
		public Iterator<K> iterator() {
			return new Cursor<K, V, K>(WeakDictionary.this.table) {

				@Override
				K element(Node node, K key, V value) {
					return key;
				}

			};
		}

		@Override
		public Spliterator<K> spliterator() {
			return Spliterators.spliterator(iterator(), size(), WEAK | Spliterator.DISTINCT);
		}

		@Override
		public int size() {
			return WeakDictionary.this.size();
		}

		@Override
		public boolean contains(@Nullable Object key) {
			return containsKey(key);
		}

		@Override
		public boolean remove(Object key) {
			return WeakDictionary.this.remove(key) != null;
		}

		@Override
		@SuppressWarnings("unchecked") // the table has no others
		public boolean removeIf(Predicate<? super K> filter) {
			Objects.requireNonNull(filter, "filter");
			return WeakDictionary.this.removeIf(this, filter, (key, value) -> filter.test((K) key));
		}

		@Override
		public boolean removeAll(Collection<?> collection) {
			Objects.requireNonNull(collection, "collection");
			return removeIf(collection::contains);
		}

		@Override
		public boolean retainAll(Collection<?> collection) {
			Objects.requireNonNull(collection, "collection");
			return removeIf((element) -> !collection.contains(element));
		}

		@Override
		public void clear() {
			WeakDictionary.this.clear();
		}

		@Override
		public boolean equals(@Nullable Object other) {
			return LiveEquality.equal(this, other);
		}

		@Override
		public int hashCode() {
			return super.hashCode();
		}

	}

	private final class Values extends AbstractCollection<V> {

		@Override
		public Iterator<V> iterator() {
			return new Cursor<K, V, V>(WeakDictionary.this.table) {

				@Override
				V element(Node node, K key, V value) {
					return value;
				}

			};
		}

		@Override
		public Spliterator<V> spliterator() {
			return Spliterators.spliterator(iterator(), size(), WEAK);
		}

		@Override
		public int size() {
			return WeakDictionary.this.size();
		}

		@Override
		public boolean contains(@Nullable Object value) {
			return containsValue(value);
		}

		@Override
		@SuppressWarnings("unchecked") // the table has no others
		public boolean removeIf(Predicate<? super V> filter) {
			Objects.requireNonNull(filter, "filter");
			return WeakDictionary.this.removeIf(this, filter, (key, value) -> filter.test((V) value));
		}

		@Override
		public boolean removeAll(Collection<?> collection) {
			Objects.requireNonNull(collection, "collection");
			return removeIf(collection::contains);
		}

		@Override
		public boolean retainAll(Collection<?> collection) {
			Objects.requireNonNull(collection, "collection");
			return removeIf((element) -> !collection.contains(element));
		}

		@Override
		public void clear() {
			WeakDictionary.this.clear();
		}

	}

	private final class Entries extends AbstractSet<Map.Entry<K, V>> {

		@Override
		public Iterator<Map.Entry<K, V>> iterator() {
			return new Cursor<K, V, Map.Entry<K, V>>(WeakDictionary.this.table) {

				/** Knows the node and the value after a {@code setValue}. */
				private @Nullable WriteThroughEntry<K, V> last;

				@Override
				Map.Entry<K, V> element(Node node, K key, V value) {
					WriteThroughEntry<K, V> entry = new WriteThroughEntry<>(WeakDictionary.this, node, key, value);
					this.last = entry;
					return entry;
				}

				@Override
				void forgetEntry() {
					if (this.last != null) {
						changeLast(this.last.node(), this.last.getValue());
						this.last = null;
					}
				}

			};
		}

		@Override
		public Spliterator<Map.Entry<K, V>> spliterator() {
			return Spliterators.spliterator(iterator(), size(), WEAK | Spliterator.DISTINCT);
		}

		@Override
		public int size() {
			return WeakDictionary.this.size();
		}

		@Override
		public boolean contains(@Nullable Object element) {
			if (!(element instanceof Map.Entry<?, ?> entry)) {
				return false;
			}
			Object key = entry.getKey();
			V value = (key != null) ? WeakDictionary.this.table.get(key) : null;
			return value != null && value.equals(entry.getValue());
		}

		@Override
		public boolean remove(@Nullable Object element) {
			return element instanceof Map.Entry<?, ?> entry && entry.getKey() != null
					&& WeakDictionary.this.remove(entry.getKey(), entry.getValue());
		}

		@Override
		@SuppressWarnings("unchecked") // the table has no others
		public boolean removeIf(Predicate<? super Map.Entry<K, V>> filter) {
			Objects.requireNonNull(filter, "filter");
			return WeakDictionary.this.removeIf(this, filter,
					(key, value) -> filter.test(new SimpleImmutableEntry<>((K) key, (V) value)));
		}

		@Override
		public boolean removeAll(Collection<?> collection) {
			Objects.requireNonNull(collection, "collection");
			return removeIf(collection::contains);
		}

		@Override
		public boolean retainAll(Collection<?> collection) {
			Objects.requireNonNull(collection, "collection");
			return removeIf((element) -> !collection.contains(element));
		}

		@Override
		public void clear() {
			WeakDictionary.this.clear();
		}

		@Override
		public boolean equals(@Nullable Object other) {
			return LiveEquality.equal(this, other);
		}

		@Override
		public int hashCode() {
			return super.hashCode();
		}

	}

}
