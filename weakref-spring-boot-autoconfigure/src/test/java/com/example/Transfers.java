package com.example;

import java.util.Map;
import java.util.concurrent.ConcurrentHashMap;

import io.weakref.collection.WeakLocks;

import org.springframework.stereotype.Service;

@Service
class Transfers {

	private final Map<String, Long> balances = new ConcurrentHashMap<>();

	private final WeakLocks<String> accounts;

	Transfers(WeakLocks<String> accounts) {
		this.accounts = accounts;
	}

	void deposit(String account, long amount) {
		try (WeakLocks.Held held = this.accounts.lock(account)) {
			long balance = balance(account);
			this.balances.put(account, balance + amount);
		}
	}

	long balance(String account) {
		return this.balances.getOrDefault(account, 0L);
	}

}
