package io.weakref.near;

import java.util.concurrent.CompletableFuture;

import org.jspecify.annotations.Nullable;

/**
 * The second level of one near cache, which all JVMs have in common. Every method but
 * {@link #retrieve} blocks until the second level has answered, so that a write is done
 * when its method returns.
 *
 * @since 0.1.0
 */
public interface SecondLevel {

	/**
	 * Return the name of the cache.
	 * @return the name
	 */
	String name();

	/**
	 * Return what every key begins with.
	 * @return the prefix, not empty
	 */
	byte[] prefix();

	/**
	 * Return whether nulls are kept.
	 * @return whether they are
	 */
	boolean allowsNull();

	/**
	 * Return the form that a key of the application has here.
	 * @param key the key of the application
	 * @return the key
	 */
	NearKey key(Object key);

	/**
	 * Turn a value into bytes.
	 * @param storeValue the value, or what stands for null
	 * @return its bytes
	 */
	byte[] serialize(Object storeValue);

	/**
	 * Turn bytes into a value.
	 * @param bytes the bytes
	 * @return a new value, or what stands for null
	 */
	@Nullable Object deserialize(byte[] bytes);

	/**
	 * Read a key.
	 * @param key the key
	 * @return the bytes of its value, or null where it has none
	 */
	byte @Nullable [] get(NearKey key);

	/**
	 * Read a key without blocking.
	 * @param key the key
	 * @return what {@link #get} returns; may end on a thread that must not wait
	 */
	CompletableFuture<byte @Nullable []> retrieve(NearKey key);

	/**
	 * Write a key.
	 * @param key the key
	 * @param original the key of the application
	 * @param value the value, null where nulls are kept
	 * @param bytes the bytes of the value
	 */
	void put(NearKey key, Object original, @Nullable Object value, byte[] bytes);

	/**
	 * Write a key unless it has a value.
	 * @param key the key
	 * @param original the key of the application
	 * @param value the value, null where nulls are kept
	 * @param bytes the bytes of the value
	 * @return the bytes of the value that stays, or null if there was none
	 */
	byte @Nullable [] putIfAbsent(NearKey key, Object original, @Nullable Object value, byte[] bytes);

	/**
	 * Remove a key.
	 * @param key the key
	 * @return whether it had a value
	 */
	boolean evict(NearKey key);

	/**
	 * Remove every key of the cache.
	 * @return whether there was one
	 */
	boolean clear();

	/**
	 * Return whether the current thread may wait for the second level: no thread that
	 * brings its answers may.
	 * @return whether it may
	 */
	boolean mayBlock();

}
