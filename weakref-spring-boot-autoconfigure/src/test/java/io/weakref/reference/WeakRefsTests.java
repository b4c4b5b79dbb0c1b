package io.weakref.reference;

import java.util.List;

import io.weakref.GarbageCollection;
import io.weakref.Held;
import io.weakref.cleaner.WeakCleaner;
import io.weakref.collection.WeakKeyDictionary;
import io.weakref.collection.WeakSet;
import io.weakref.collection.WeakValueDictionary;
import org.junit.jupiter.api.AfterEach;
import org.junit.jupiter.api.Tag;
import org.junit.jupiter.api.Test;

import static org.assertj.core.api.Assertions.assertThat;

/**
 * Promise 11: finding the references to an object.
 */
class WeakRefsTests {

	private final TestCleaner test = new TestCleaner();

	private final WeakCleaner cleaner = this.test.cleaner;

	private final Task referent = new Task();

	@AfterEach
	void closeCleaner() {
		this.test.close();
	}

	@Test
	@Tag("promise-11")
	void nothingRefersToAnUnknownObject() {
		assertThat(WeakRefs.count(new Object())).isZero();
		assertThat(WeakRefs.list(new Object())).isEmpty();
		assertThat(WeakRefs.count(null)).isZero();
		assertThat(WeakRefs.list(null)).isEmpty();
	}

	@Test
	@Tag("promise-11")
	void sharedReferenceThenSharedProxyThenNewestFirst() {
		WeakRef<Task> first = WeakRef.of(this.referent, (ref) -> {
		});
		Runnable proxy = WeakProxy.of(Runnable.class, this.referent);
		WeakRef<Task> second = WeakRef.of(this.referent, (ref) -> {
		}, this.cleaner);
		Runnable own = WeakProxy.of(Runnable.class, this.referent, (self) -> {
		}, this.cleaner);
		WeakRef<Task> shared = WeakRef.of(this.referent);
		WeakRef<Task> third = WeakRef.of(this.referent, (ref) -> {
		});
		List<WeakRef<?>> list = WeakRefs.list(this.referent);
		assertThat(WeakRefs.count(this.referent)).isEqualTo(6).isEqualTo(list.size());
		assertThat(list.get(0)).isSameAs(shared);
		assertThat(list.get(1).source() == (Object) proxy).isTrue();
		assertThat(list.get(2)).isSameAs(third);
		assertThat(list.get(3).source() == (Object) own).isTrue();
		assertThat(list.get(4)).isSameAs(second);
		assertThat(list.get(5)).isSameAs(first);
		assertThat(list).allSatisfy((ref) -> assertThat((Object) ref.get()).isSameAs(this.referent));
	}

	@Test
	@Tag("promise-11")
	void equalObjectsAreNotConfused() {
		String one = new String("same");
		String two = new String("same");
		WeakRef<String> ref = WeakRef.of(one);
		assertThat(WeakRefs.list(two)).isEmpty();
		assertThat(WeakRefs.list(one)).hasSize(1);
		assertThat(ref.get()).isSameAs(one);
	}

	@Test
	@Tag("promise-11")
	void clearedAndDroppedReferencesAreNotCounted() {
		WeakRef<Task> cleared = WeakRef.of(this.referent, (ref) -> {
		}, this.cleaner);
		Held<WeakRef<Task>> dropped = new Held<>(WeakRef.of(this.referent, (ref) -> {
		}, this.cleaner));
		assertThat(WeakRefs.count(this.referent)).isEqualTo(2);
		cleared.clear();
		assertThat(WeakRefs.count(this.referent)).isEqualTo(1);
		dropped.letGo();
		GarbageCollection.until(() -> WeakRefs.count(this.referent) == 0);
	}

	@Test
	@Tag("promise-11")
	void finalizersAreNotCounted() {
		Finalizer<Void> finalizer = Finalizer.register(this.referent, () -> {
		}, this.cleaner);
		assertThat(WeakRefs.count(this.referent)).isZero();
		assertThat(finalizer.isAlive()).isTrue();
	}

	@Test
	@Tag("promise-11")
	void collectionEntriesComeLastAsReferencesThatAreNotCounted() {
		WeakValueDictionary<String, Task> values = WeakValueDictionary.<String, Task>builder()
			.cleaner(this.cleaner)
			.build();
		WeakKeyDictionary<Task, String> keys = new WeakKeyDictionary<>();
		WeakSet<Task> set = WeakSet.<Task>builder().cleaner(this.cleaner).build();
		Task other = new Task();
		values.put("a", this.referent);
		values.put("b", this.referent);
		values.put("c", other);
		keys.put(this.referent, "a");
		keys.put(other, "b");
		set.add(this.referent);
		set.add(other);
		WeakRef<Task> ref = WeakRef.of(this.referent);
		List<WeakRef<?>> list = WeakRefs.list(this.referent);
		assertThat(list).hasSize(5);
		assertThat(list.get(0)).isSameAs(ref);
		assertThat((Object) list.get(4).get()).isSameAs(this.referent);
		assertThat(list.get(4).callback()).isNull();
		assertThat(WeakRefs.count(this.referent)).isEqualTo(5);
		values.remove("a");
		set.clear();
		assertThat(WeakRefs.count(this.referent)).isEqualTo(3);
		assertThat(keys).hasSize(2);
	}

	@Test
	void untrackedReferenceIsNeitherSharedNorCounted() {
		WeakRef<Task> untracked = WeakRefs.untracked(this.referent);
		assertThat(WeakRefs.count(this.referent)).isZero();
		assertThat(WeakRef.of(this.referent)).isNotSameAs(untracked).isEqualTo(untracked);
		untracked.clear();
		assertThat(untracked.get()).isNull();
	}

	private static final class Task implements Runnable {

		@Override
		public void run() {
		}

	}

}
