package io.weakref.reference;

import java.lang.invoke.MethodHandles;
import java.lang.invoke.VarHandle;
import java.lang.ref.Reference;
import java.lang.ref.WeakReference;
import java.util.Objects;
import java.util.function.Consumer;
import java.util.function.Supplier;

import io.weakref.cleaner.WeakCleaner;
import org.jspecify.annotations.Nullable;

/**
 * A weak reference that may call back when its referent has died.
 * <p>
 * It does not keep its referent alive; {@link #get()} gives that very object or
 * {@code null}. Without a callback, {@link #of(Object)} gives everybody the same instance
 * for as long as somebody holds it; such a reference needs no cleaner and no thread.
 * <p>
 * A callback runs once, on the callback executor of a {@link WeakCleaner}, after the
 * collector has cleared every weak reference to the referent, and only if this reference
 * itself is still held by somebody: <em>keep it</em>. (One that nobody holds, but that no
 * collection has come across yet, may still call back.) The callbacks of one referent run
 * one after another, from the newest reference to the oldest, those of proxies and
 * finalizers among them; references with different cleaners have an order for each
 * cleaner. What a callback throws goes to the cleaner's error handler. A callback that
 * holds the referent keeps it alive for as long as the reference is held. After the
 * cleaner was closed none runs.
 * <p>
 * Two references are equal while both referents live and are equal. Safe for use by many
 * threads.
 * <p>
 * May be extended. The constructor enters the new instance among the references of the
 * referent, so keep the referent reachable until the subclass's constructor has ended:
 * else the callback may see an instance that is not complete. The library itself never
 * calls an overridden method.
 *
 * @param <T> the type of the referent
 * @since 0.1.0
 */
public class WeakRef<T> extends WeakReference<T> implements Supplier<@Nullable T> {

	private static final VarHandle CALLBACK;

	private static final VarHandle HASH;

	static {
		try {
			MethodHandles.Lookup lookup = MethodHandles.lookup();
			CALLBACK = lookup.findVarHandle(WeakRef.class, "callback", Consumer.class);
			HASH = lookup.findVarHandle(WeakRef.class, "hash", Integer.class);
		}
		catch (ReflectiveOperationException ex) {
			throw new ExceptionInInitializerError(ex);
		}
	}

	private volatile @Nullable Consumer<? super WeakRef<T>> callback;

	/** The referent's hash code, once somebody has asked for it. */
	private volatile @Nullable Integer hash;

	/** The place among the referent's references; none for an untracked one. */
	private @Nullable ChainLink link;

	/**
	 * Create a reference that is never the shared one.
	 * @param referent what to refer to
	 * @param callback what to run with this reference once the referent has died, or
	 * {@code null}
	 * @param cleaner what runs the callback
	 * @throws NotReferenceableException if the referent is a weak proxy or has no
	 * identity
	 * @throws IllegalStateException if the cleaner is closed
	 */
	@SuppressWarnings("this-escape") // the registry knows a reference from its
										// constructor on
	protected WeakRef(T referent, @Nullable Consumer<? super WeakRef<T>> callback, WeakCleaner cleaner) {
		this(referent, callback, registry(callback, cleaner));
		enter(referent, registry(callback, cleaner));
	}

	/** Create a reference that is entered nowhere. */
	WeakRef(T referent) {
		super(ReferentCheck.requireReferenceable(referent));
	}

	/** Create a reference that is to be {@linkplain #enter entered}. */
	WeakRef(T referent, @Nullable Consumer<? super WeakRef<T>> callback, ReferenceRegistry registry) {
		super(ReferentCheck.requireReferenceable(referent), registry.queue());
		this.callback = callback;
	}

	/**
	 * Return the shared reference to an object.
	 * @param <T> the type of the referent
	 * @param referent what to refer to
	 * @return one and the same instance for this very object, as long as somebody holds
	 * it
	 * @throws NotReferenceableException if the referent is a weak proxy or has no
	 * identity
	 */
	public static <T> WeakRef<T> of(T referent) {
		return SharedReferences.INSTANCE.share(ReferentCheck.requireReferenceable(referent));
	}

	/**
	 * Create a reference whose callback is run by the {@linkplain WeakCleaner#shared()
	 * shared cleaner}.
	 * @param <T> the type of the referent
	 * @param referent what to refer to
	 * @param callback what to run with the reference once the referent has died
	 * @return a new reference
	 * @throws NotReferenceableException if the referent is a weak proxy or has no
	 * identity
	 */
	public static <T> WeakRef<T> of(T referent, Consumer<? super WeakRef<T>> callback) {
		return of(referent, callback, WeakCleaner.shared());
	}

	/**
	 * Create a reference with a callback.
	 * @param <T> the type of the referent
	 * @param referent what to refer to
	 * @param callback what to run with the reference once the referent has died
	 * @param cleaner what runs the callback
	 * @return a new reference
	 * @throws NotReferenceableException if the referent is a weak proxy or has no
	 * identity
	 * @throws IllegalStateException if the cleaner is closed
	 */
	public static <T> WeakRef<T> of(T referent, Consumer<? super WeakRef<T>> callback, WeakCleaner cleaner) {
		return new WeakRef<>(referent, Objects.requireNonNull(callback, "callback"), cleaner);
	}

	/**
	 * Return the referent.
	 * @return the very object that this reference was created with, or {@code null} once
	 * it was cleared
	 */
	@Override
	public @Nullable T get() {
		return super.get();
	}

	/**
	 * Return the callback.
	 * @return the callback, or {@code null} where there is none, after {@link #clear()}
	 * and once the referent has died
	 */
	public final @Nullable Consumer<? super WeakRef<T>> callback() {
		Consumer<? super WeakRef<T>> callback = this.callback;
		return refersTo(null) ? null : callback;
	}

	/**
	 * Clear this reference and cancel its callback: unless that has begun, it never runs.
	 * Other references to the same object are not changed, but whoever shares this
	 * instance sees it cleared.
	 */
	@Override
	public void clear() {
		this.callback = null;
		super.clear();
		ChainLink link = this.link;
		if (link != null) {
			link.remove();
		}
	}

	/**
	 * {@linkplain #clear() Clear} this reference. Only the collector adds it to a queue.
	 * @return {@code false}
	 */
	@Override
	public boolean enqueue() {
		clear();
		return false;
	}

	/**
	 * Compare by referents while both are alive, else by identity.
	 * @param other what to compare with
	 * @return whether both referents are alive and equal, or both references are the same
	 */
	@Override
	public boolean equals(@Nullable Object other) {
		if (this == other) {
			return true;
		}
		if (!(other instanceof WeakRef<?> that)) {
			return false;
		}
		T mine = referent();
		Object its = that.referent();
		return mine != null && its != null && mine.equals(its);
	}

	/**
	 * Return the referent's hash code, which is remembered from the first call on.
	 * @return the hash code that the referent had when it was first asked for
	 * @throws UnhashableReferenceException if it is first asked for after the referent
	 * has died
	 */
	@Override
	public int hashCode() {
		Integer hash = this.hash;
		if (hash == null) {
			T referent = referent();
			if (referent == null) {
				throw new UnhashableReferenceException(
						"The referent has died, and nobody asked for its hash code while it lived");
			}
			Integer asked = referent.hashCode();
			Integer first = (Integer) HASH.compareAndExchange(this, null, asked);
			hash = (first != null) ? first : asked;
		}
		return hash;
	}

	/**
	 * Describe this reference without calling the referent. Never throws.
	 * @return the classes and identities of this reference and its referent, or that the
	 * referent is dead
	 */
	@Override
	public String toString() {
		T referent = referent();
		return describe(this) + ((referent != null) ? " to " + describe(referent) : ", dead");
	}

	static String describe(Object object) {
		return object.getClass().getName() + "@" + Integer.toHexString(System.identityHashCode(object));
	}

	/** The raw get: what a subclass makes of {@link #get()} does not matter to us. */
	final @Nullable T referent() {
		return super.get();
	}

	@SuppressWarnings("unchecked")
	final boolean isTo(Object object) {
		return refersTo((T) object);
	}

	/** What tells shared references to one object apart: this, or a proxy's interface. */
	Class<?> kind() {
		return WeakRef.class;
	}

	/** What the error handler is told. */
	Object source() {
		return this;
	}

	private static ReferenceRegistry registry(@Nullable Object callback, WeakCleaner cleaner) {
		ReferenceRegistry registry = ReferenceRegistry.of(cleaner);
		return (callback != null) ? registry : ReferenceRegistry.withoutCallbacks();
	}

	final void enter(T referent, ReferenceRegistry registry) {
		try {
			this.link = registry.add(referent, this);
		}
		finally {
			Reference.reachabilityFence(referent);
		}
	}

	/** The referent was cleared, and this reference has come off its cleaner's queue. */
	final void died() {
		ChainLink link = this.link;
		if (link != null) {
			link.stripe.died(link);
		}
	}

	final void entered(ChainLink link) {
		this.link = link;
	}

	final boolean hasCallback() {
		return this.callback != null;
	}

	@SuppressWarnings("unchecked")
	final void runCallback() {
		Consumer<? super WeakRef<T>> callback = (Consumer<? super WeakRef<T>>) CALLBACK.getAndSet(this, null);
		if (callback != null) {
			callback.accept(this);
		}
	}

}
