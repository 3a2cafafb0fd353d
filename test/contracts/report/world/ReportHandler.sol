// SPDX-License-Identifier: MIT
pragma solidity 0.8.37;

import {IBeaconVerifier} from "../../../../contracts/interfaces/IBeaconVerifier.sol";
import {SSZ} from "../../../../contracts/libraries/SSZ.sol";
import {Handler} from "../../support/Handler.sol";
import {ReportWorld} from "./ReportWorld.sol";
import {SimulatedBeaconChain} from "./SimulatedBeaconChain.sol";

/// @dev Drives depositors, keepers, strangers and the chain in any order, and keeps a ledger of its own: what the pool sent,
/// and from the simulated chain what arrived. It never asks the contracts what they think is in flight.
/// One assumption, and the documentation names it: somebody records an exit before the validator is withdrawable.
contract ReportHandler is Handler, ReportWorld {
    /// @param sentWei By the pool. @param unsettledWei Last top-up, until the manager says that it arrived.
    /// @param disturbed A stranger's deposit may let the contracts count less than there is.
    /// @param ended Recorded as Withdrawn: what still comes to it is income when it reaches the vault.
    struct Key {
        bytes pubkey;
        bytes32 id;
        uint256 sentWei;
        uint256 unsettledWei;
        bool proven;
        bool disturbed;
        bool ended;
    }

    uint256 private constant MAX_KEYS = 12;

    Key[] private _keys;
    Key private _none;
    uint256 private _acts;

    /// @dev What B must be; what it was at `start`; deposits less fills since; what the cut holds in truth.
    uint256 public bookedWei = 1 ether;
    int256 private _flowsWei;
    uint256 private _cutWei;
    uint256 private _uncertainWei;
    uint64 private _cutSlot;

    constructor() payable {}

    function keyCount() external view returns (uint256) {
        return _keys.length;
    }

    function keyAt(uint256 number) external view returns (Key memory) {
        return _keys[number];
    }

    /// @dev Several acts in each call, so that one run reaches what needs many.
    function act(uint256 seed) external step {
        for (uint256 i = 0; i < 30; i++) {
            // The runner likes to give the same number again.
            seed = uint256(keccak256(abi.encode(seed, _acts++)));
            _act((seed >> 248) % 22, seed);
        }
    }

    function _act(uint256 kind, uint256 seed) private {
        if (kind < 8) return _actOfPeople(kind, seed);
        if (kind < 18) return _actOfKeepers(kind, seed);
        if (kind == 18) _wait(seed);
        else if (kind == 19) _start(seed);
        else if (kind == 20) _prove(seed);
        else _finish(seed);
    }

    function _actOfPeople(uint256 kind, uint256 seed) private {
        if (kind < 3) _tick(seed);
        else if (kind == 3) _reward(seed, uint64(seed >> 64));
        else if (kind == 4) _penalize(seed, uint64(seed >> 64));
        else if (kind == 5) _deposit(uint96(seed));
        else if (kind == 6) _requestRedeem(seed);
        else _donate(uint64(seed >> 64), seed & 1 == 0);
    }

    function _actOfKeepers(uint256 kind, uint256 seed) private {
        if (kind == 8) _fill();
        else if (kind == 9) _addKey(seed);
        else if (kind < 12) _predeposit(seed);
        else if (kind == 12) _proveCredentials(seed);
        else if (kind == 13) _topUp(seed, seed >> 16);
        else if (kind == 14) _strangerDeposit(seed, seed >> 16, seed & 1024 == 0);
        else if (kind == 15) _exit(seed);
        else if (kind == 16) _provePending(seed);
        else _recordWithdrawn(seed);
    }

    // The chain

    function _tick(uint256 seed) private {
        _nextBlock(uint64(seed % 3), (seed >> 8) % 4, seed);
    }

    /// @dev Time flies until a report may start.
    function _wait(uint256 order) private {
        _recordExits();
        uint256 startable = REPORT.startableAt();
        uint256 seconds_ = startable > block.timestamp ? startable - block.timestamp : 0;
        _nextBlock(uint64(seconds_ / 12), 3, order);
        reached["wait"]++;
    }

    function _reward(uint256 seed, uint64 amountGwei) private {
        if (CHAIN.accountCount() == 0) return;
        CHAIN.reward(seed % CHAIN.accountCount(), amountGwei % 1e8);
        reached["reward"]++;
    }

    function _penalize(uint256 seed, uint64 amountGwei) private {
        if (CHAIN.accountCount() == 0) return;
        CHAIN.penalize(seed % CHAIN.accountCount(), amountGwei % 5e5);
        reached["penalize"]++;
    }

    // Depositors

    function _deposit(uint96 amountWei) private {
        uint256 assets = bound(amountWei, 1 ether, 300 ether);
        if (POOL.maxDeposit(address(this)) < assets) return;
        vm.deal(address(this), assets);
        POOL.deposit{value: assets}(assets, address(this));
        _flow(int256(assets));
        reached["deposit"]++;
    }

    function _requestRedeem(uint256 seed) private {
        uint256 shares = POOL.balanceOf(address(this)) / (4 + (seed % 8));
        if (shares < POOL.minimumRequestShares() || shares == 0) return;
        POOL.requestRedeem(shares, address(this), address(this));
        reached["requestRedeem"]++;
    }

    function _fill() private {
        try POOL.fill(8) returns (uint256 paidWei) {
            _flow(-int256(paidWei));
            reached["fill"]++;
        } catch (bytes memory reason) {
            expectRefusal(reason);
        }
    }

    function _donate(uint64 amountWei, bool toVault) private {
        address receiver = toVault ? address(VAULT) : address(POOL);
        vm.deal(receiver, receiver.balance + amountWei);
        reached["donate"]++;
    }

    // Validators

    function _addKey(uint256 seed) private {
        if (_keys.length == MAX_KEYS || seed % 3 != 0) return;
        bytes memory pubkey = abi.encodePacked(keccak256(abi.encode(_keys.length)), bytes16(0));
        bytes memory signature = new bytes(96);
        MANAGER.insertVerifiedKey(SET, pubkey, signature);
        Key storage key = _keys.push();
        (key.pubkey, key.id) = (pubkey, SSZ.pubkeyRoot(pubkey));
        reached["addKey"]++;
    }

    function _predeposit(uint256 seed) private {
        (bool found, Key storage key) = _key(seed);
        if (!found || key.sentWei != 0) return;
        try MANAGER.predeposit(key.pubkey, new bytes(96)) {
            key.sentWei = 1 ether;
            reached["predeposit"]++;
        } catch (bytes memory reason) {
            expectRefusal(reason);
        }
    }

    function _proveCredentials(uint256 seed) private {
        (bool found, Key storage key) = _key(seed);
        uint256 index = found ? _indexOf(key.id) : FAR_FUTURE;
        if (!found || key.proven || key.sentWei == 0 || index == FAR_FUTURE) return;
        try MANAGER.proveCredentials(key.id, _anchor(), CHAIN.validatorProof(_parent(), index)) {
            key.proven = true;
            reached["proveCredentials"]++;
            if (REPORT.isOpen()) reached["proveCredentials while a report is open"]++;
        } catch (bytes memory reason) {
            expectRefusal(reason);
        }
    }

    function _topUp(uint256 seed, uint256 amountWei) private {
        (bool found, Key storage key) = _key(seed);
        if (!found || !key.proven) return;
        uint256 index = _indexOf(key.id);
        uint256 amount = bound(amountWei / 1 gwei, 16e9, 80e9) * 1 gwei;
        (IBeaconVerifier.Anchor memory anchor, IBeaconVerifier.ValidatorProof memory proof) = (
            _anchor(),
            CHAIN.validatorProof(_parent(), index)
        );
        try MANAGER.topUp(key.pubkey, amount, anchor, proof, CHAIN.balanceProof(index)) {
            key.sentWei += amount;
            key.unsettledWei = amount;
            reached["topUp"]++;
            // The neighbour of its slot.
            if (seed & 4 == 0) _strangerDeposit(seed, seed >> 32, seed & 8 == 0);
            if (REPORT.isOpen()) reached["topUp while a report is open"]++;
        } catch (bytes memory reason) {
            expectRefusal(reason);
        }
    }

    /// @dev The attack: somebody else's deposit to our validator, in the slot of our top-up or with no slot at all.
    function _strangerDeposit(uint256 seed, uint256 amountWei, bool withoutSlot) private {
        (bool found, Key storage key) = _key(seed);
        if (!found || !key.proven) return;
        uint256 amount = bound(amountWei / 1 gwei, 1e9, 100e9) * 1 gwei;
        key.disturbed = true;
        if (key.unsettledWei != 0) reached["strangerDeposit beside a top-up"]++;
        bytes32 credentials = MANAGER.withdrawalCredentials();
        reached["strangerDeposit"]++;
        if (withoutSlot) return CHAIN.queueWithoutSlot(key.id, credentials, uint64(amount / 1 gwei));
        vm.deal(address(this), amount);
        CHAIN.deposit{value: amount}(key.pubkey, abi.encodePacked(credentials), new bytes(96), 0);
    }

    function _exit(uint256 seed) private {
        (bool found, Key storage key) = _key(seed);
        // Rather while a top-up flies.
        if (!found || !key.proven || (seed >> 8) % (key.unsettledWei == 0 ? 8 : 3) != 0) return;
        CHAIN.exit(CHAIN.indexOf(key.id));
        reached["exit"]++;
        if (key.unsettledWei != 0) reached["exit with a top-up in flight"]++;
        _nextBlock(0, 0, 0);
        _recordExits();
    }

    function _provePending(uint256 seed) private {
        (bool found, Key storage key) = _key(seed);
        if (!found || key.unsettledWei == 0) return;
        SimulatedBeaconChain.Pending[] memory queue = CHAIN.queueIn(_parent());
        for (uint256 i = 0; i < queue.length; i++) {
            if (queue[i].pubkeyRoot != key.id || !queue[i].fromPool) continue;
            try MANAGER.provePendingTopUp(key.id, _anchor(), CHAIN.pendingProof(_parent(), i)) {
                reached["provePending"]++;
            } catch (bytes memory reason) {
                expectRefusal(reason);
            }
        }
    }

    function _recordWithdrawn(uint256 seed) private {
        (bool found, Key storage key) = _key(seed);
        if (!found || !key.proven) return;
        uint256 index = _indexOf(key.id);
        IBeaconVerifier.ValidatorProof memory proof = CHAIN.validatorProof(_parent(), index);
        try MANAGER.recordWithdrawn(key.id, _anchor(), proof, CHAIN.balanceProof(index)) {
            key.ended = true;
            reached["recordWithdrawn"]++;
        } catch {
            try MANAGER.forget(key.id) {
                reached["forget"]++;
            } catch (bytes memory reason) {
                expectRefusal(reason);
            }
        }
    }

    // Reports

    function _start(uint256 seed) private {
        _recordExits();
        if (block.timestamp < REPORT.startableAt()) return;
        if (REPORT.isOpen()) reached["replace"]++;
        uint256 accounted = MANAGER.accountedCount();
        _cut();
        REPORT.start();
        check(REPORT.validatorCount() == accounted, "all of the cut");
        reached["start"]++;
        _inTheBlockOfTheStart(seed);
    }

    /// @dev What a report must not count, or not miss.
    function _inTheBlockOfTheStart(uint256 seed) private {
        if (seed % 4 == 0) _finish(seed | 1);
        else if (seed % 4 == 1) _topUp(seed >> 8, seed >> 16);
        for (uint256 i = 0; i < _keys.length; i++) {
            if (seed % 4 == 2) _proveCredentials(i);
            else if (seed % 4 == 3) _recordWithdrawn(i);
        }
    }

    function _prove(uint256 seed) private {
        if (!REPORT.isOpen() || CHAIN.accountCountIn(_cutSlot) == 0) return;
        uint256 chunks = (CHAIN.accountCountIn(_cutSlot) + 3) / 4;
        uint256 first = seed % chunks;
        REPORT.prove(CHAIN.headerOf(_cutSlot), CHAIN.balancesProof(first, 1 + ((seed >> 128) % (chunks - first))));
        _noteSettled();
        reached["prove"]++;
    }

    function _finish(uint256 seed) private {
        if (!REPORT.isOpen()) return;
        uint256 length = CHAIN.accountCountIn(_cutSlot);
        if (REPORT.provenCount() < REPORT.validatorCount()) {
            if (seed % 4 == 0) return;
            REPORT.prove(CHAIN.headerOf(_cutSlot), CHAIN.balancesProof(0, (length + 3) / 4));
        }
        _noteSettled();
        uint256 validators = REPORT.validatorCount();
        // A leaving key's top-up may still be shown in the queue.
        if (REPORT.provenCount() < validators) {
            reached["finish too early for a missing top-up"]++;
            return;
        }
        REPORT.finish();
        _compare();
        reached["finish"]++;
        if (validators > 1) reached["finish with several validators"]++;
        if (_uncertainWei == 0 && validators > 0) reached["finish exactly"]++;
    }

    // Ledger

    /// @dev Truth at this moment: every ether of the holders, wherever it is.
    function _cut() private {
        _cutSlot = _parent();
        _flowsWei = 0;
        _uncertainWei = 0;
        _cutWei = address(POOL).balance + address(VAULT).balance - POOL.reservedWei();
        for (uint256 i = 0; i < _keys.length; i++) {
            Key storage key = _keys[i];
            if (!key.proven) {
                _cutWei += key.sentWei;
                continue;
            }
            SimulatedBeaconChain.Account memory account = CHAIN.accountIn(_cutSlot, _indexOf(key.id));
            uint256 waitingWei = key.sentWei - uint256(account.fromPoolGwei) * 1 gwei;
            _cutWei += uint256(account.balanceGwei) * 1 gwei + waitingWei;
            if (key.ended) _uncertainWei += uint256(account.balanceGwei) * 1 gwei + waitingWei;
            bool ended = account.withdrawableEpoch <= _cutSlot / CHAIN.SLOTS_PER_EPOCH();
            if (!key.ended && waitingWei > 0 && (key.disturbed || ended || key.unsettledWei == 0))
                _uncertainWei += waitingWei;
        }
    }

    function _compare() private {
        uint256 booked = POOL.bookedWei();
        uint256 proven = uint256(int256(booked) - _flowsWei);
        check(proven <= _cutWei, "never more than there is");
        check(proven + _uncertainWei >= _cutWei, "all but what a stranger or a lost proof hides");
        bookedWei = booked;
    }

    function _flow(int256 amountWei) private {
        _flowsWei += amountWei;
        bookedWei = uint256(int256(bookedWei) + amountWei);
    }

    /// @dev Once the manager counts a top-up as arrived it must never count it as in flight again.
    function _noteSettled() private {
        for (uint256 i = 0; i < _keys.length; i++) {
            if (_keys[i].unsettledWei == 0 || _topUpWei(_keys[i].id) != 0) continue;
            _keys[i].unsettledWei = 0;
            reached["top-up settled"]++;
        }
    }

    function _topUpWei(bytes32 id) private view returns (uint256) {
        return MANAGER.validator(id).topUpGwei.toWei();
    }

    function _recordExits() private {
        for (uint256 i = 0; i < _keys.length; i++) {
            if (!_keys[i].proven) continue;
            uint256 index = _indexOf(_keys[i].id);
            if (CHAIN.accountIn(_parent(), index).exitEpoch == FAR_FUTURE) continue;
            try MANAGER.recordExit(_keys[i].id, _anchor(), CHAIN.validatorProof(_parent(), index)) {} catch (
                bytes memory reason
            ) {
                expectRefusal(reason);
            }
        }
    }

    function _nextBlock(uint64 skipped, uint256 takes, uint256 order) private {
        CHAIN.nextBlock(skipped, takes, order);
        reached["nextBlock"]++;
    }

    function _key(uint256 seed) private view returns (bool found, Key storage key) {
        found = _keys.length > 0;
        key = found ? _keys[seed % _keys.length] : _none;
    }
}
