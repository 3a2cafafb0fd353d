// SPDX-License-Identifier: MIT
pragma solidity 0.8.37;

import {Handler} from "../support/Handler.sol";
import {OperatorsTest} from "./OperatorsTest.sol";

/// @dev Plays everybody at random, and keeps its own account of who holds shares of which sharing, which keys live, and
/// where every bonded share went.
contract BondHandler is Handler, OperatorsTest {
    /// @dev Sharings that hold it: the one it was born in, and those named after `namedBefore`.
    struct Key {
        uint64 bornIn;
        uint64 namedBefore;
        bool exiting;
    }

    uint256 private constant GENERATIONS = 100;
    uint256 private constant SHARES_PER_DEPOSIT = 4 ether;

    /// @dev Sharings of set 1, aborted ones included: who held the seats.
    uint256[7][GENERATIONS] private _holders;
    Key[] private _keys;
    uint256[7] private _seated;
    uint256[7] private _named;
    uint64 private _latest;
    uint64 private _present;
    bool private _pending;
    uint256 private _stakeWei;
    uint256 private _reserved;
    uint64 private _reservedAt;

    /// @dev What it left behind, and since when. In place: its notice ran out. Exempt: the deadline freed it while keys
    /// lived of this sharing and earlier ones, plus one.
    mapping(uint256 operatorId => uint256) private _owedWei;
    mapping(uint256 operatorId => uint256) private _leftAt;
    mapping(uint256 operatorId => uint256) private _noticeAt;
    mapping(uint256 operatorId => bool) private _inPlace;
    mapping(uint256 operatorId => bool) private _releasedInPlace;
    mapping(uint256 operatorId => uint256) private _exempt;

    mapping(uint256 operatorId => uint256) private _bonds;
    uint256 public bonded;
    uint256 public charged;
    uint256 public withdrawn;
    uint256 public rewarded;

    constructor() payable {
        build();
        sets.formSet(seven(1));
        _seated = seven(1);
        _holders[0] = _seated;
        for (uint256 id = 1; id <= OPERATORS; id++) {
            _bonds[id] = 3 ether;
            bonded += 3 ether;
        }
        verifyKeys(1, 0, 12);
        _stakeWei = 12 * KEY;
        for (uint256 i = 0; i < 12; i++) {
            _keys.push(Key(0, 0, false));
        }
    }

    function topUp(uint256 id) external step {
        id = bound(id, 1, OPERATORS);
        uint256 shares = registry.bondEther{value: SHARES_PER_DEPOSIT}(id);
        _bonds[id] += shares;
        bonded += shares;
        reached["topUp"]++;
    }

    function requestUnbond(uint256 id, uint256 shares) external step {
        id = bound(id, 1, OPERATORS);
        shares = bound(shares, 0, _bonds[id]);
        try registry.requestUnbond(id, shares) {
            reached["request"]++;
        } catch (bytes memory reason) {
            expectRefusal(reason);
            check(shares > 0, "a request can always be cancelled");
        }
    }

    function withdraw(uint256 id) external step {
        id = bound(id, 1, OPERATORS);
        (uint256 unbonding, uint64 withdrawableAt) = registry.unbondingOf(id);
        try registry.withdrawBond(id, address(0xBEEF)) returns (uint256 shares) {
            check(block.timestamp >= withdrawableAt && shares <= unbonding, "asked for and cooled down");
            _bonds[id] -= shares;
            withdrawn += shares;
            check(_bonds[id] >= _heldShares(id), "I14: what is left covers what its shares can do");
            reached["withdraw"]++;
            if (_owedWei[id] > 0) reached["withdraw beside a lock"]++;
        } catch (bytes memory reason) {
            expectRefusal(reason);
        }
    }

    function wait(uint256 quarterDays) external step {
        vm.warp(block.timestamp + bound(quarterDays, 1, 160) * 6 hours);
    }

    function passDeadline() external step {
        vm.warp(block.timestamp + (KEEP * 3) / 2);
        for (uint256 id = 1; id <= OPERATORS; id++) {
            release(id);
        }
    }

    function takeKeys(uint256 count) external step {
        if (_pending || sets.isClosedToKeys(1)) return;
        count = bound(count, 1, 4);
        try sets.assignStake(1, count * KEY) {
            _stakeWei += count * KEY;
            for (uint256 i = 0; i < count; i++) {
                sets.keyVerified(1, _present);
                _keys.push(Key(_present, _latest, false));
            }
            reached["take keys"]++;
        } catch (bytes memory reason) {
            expectRefusal(reason);
        }
    }

    function exitKey(uint256 index) external step {
        if (_keys.length == 0) return;
        Key storage key = _keys[index % _keys.length];
        if (key.exiting) return;
        key.exiting = true;
        sets.keyExiting(1, key.bornIn);
        reached["exit"]++;
    }

    function retireKey(uint256 index) external step {
        // Rare, as leavers wait for old keys.
        if (_keys.length == 0 || index % 8 != 0) return;
        index = index % _keys.length;
        sets.keyRetired(1, _keys[index].bornIn, _keys[index].exiting);
        _keys[index] = _keys[_keys.length - 1];
        _keys.pop();
        _stakeWei -= KEY;
        reached["retire"]++;
    }

    function name(uint256 count, uint256 seat, uint256 newcomer) external step {
        if (_pending || _latest == GENERATIONS - 1) return;
        uint256[7] memory ids = _seated;
        count = bound(count, 1, 3);
        for (uint256 i = 0; i < count; i++) {
            ids[((seat % 7) + i) % 7] = bound((newcomer % 1000) + i, 1, OPERATORS);
        }
        try sets.lockIncoming(1, _latest + 1, ids) {
            _holders[++_latest] = ids;
            _named = ids;
            _pending = true;
            reached["name"]++;
        } catch (bytes memory reason) {
            expectRefusal(reason);
        }
    }

    function include() external step {
        if (!_pending) return;
        sets.replaceSeats(1, _latest);
        for (uint256 i = 0; i < 7; i++) {
            uint256 old = _seated[i];
            if (_named[i] == old) continue;
            // Who left in place and was released owes nothing.
            if (!_releasedInPlace[old]) _left(old);
            _releasedInPlace[old] = false;
        }
        _seated = _named;
        _present = _latest;
        _pending = false;
        reached["include"]++;
    }

    function abort() external step {
        if (!_pending) return;
        sets.dropIncoming(1);
        for (uint256 i = 0; i < 7; i++) {
            if (_named[i] != _seated[i]) _left(_named[i]);
        }
        _pending = false;
        reached["abort"]++;
    }

    function release(uint256 id) public step {
        id = bound(id, 1, OPERATORS);
        if (_leftAt[id] == 0) return;
        bool fourth = _wouldBeFourth(id);
        try sets.releaseLeaver(1, id) {
            check(block.timestamp >= _leftAt[id] + COOLDOWN, "never before the cooldown");
            if (fourth || (_inPlace[id] && _keys.length > 0)) {
                check(block.timestamp >= _leftAt[id] + (KEEP * 3) / 2, "I14: a fourth leaver is free too early");
                _exempt[id] = _latest + 1;
                reached["release by the deadline"]++;
            }
            if (_inPlace[id]) (_inPlace[id], _releasedInPlace[id]) = (false, true);
            (_owedWei[id], _leftAt[id]) = (0, 0);
            reached["release"]++;
        } catch (bytes memory reason) {
            expectRefusal(reason);
            if (fourth && block.timestamp >= _leftAt[id] + COOLDOWN) reached["fourth leaver refused"]++;
        }
    }

    function giveNotice(uint256 seat) external step {
        // Few, as a set whose notice ran out takes no keys.
        if (seat % 20 > 6) return;
        uint256 id = _seated[seat % 20];
        try sets.giveNotice(1, id) {
            _noticeAt[id] = block.timestamp;
            reached["notice"]++;
        } catch (bytes memory reason) {
            expectRefusal(reason);
        }
    }

    function startLeaving(uint256 seat) external step {
        uint256 id = _seated[seat % 7];
        try sets.startLeaving(1, id) {
            if (_owedWei[id] < _seatWei()) _owedWei[id] = _seatWei();
            _leftAt[id] = _noticeAt[id] + NOTICE;
            _inPlace[id] = true;
            reached["leave in place"]++;
        } catch (bytes memory reason) {
            expectRefusal(reason);
        }
    }

    function charge(uint256 id, uint256 shares, uint256 reporterShares) external step {
        id = bound(id, 1, OPERATORS);
        shares = bound(shares, 1, 2 ether);
        uint256 before = pool.balanceOf(address(0xCAFE));
        uint256 taken = registry.charge(id, shares, address(0xCAFE), bound(reporterShares, 0, shares));
        check(taken == (shares < _bonds[id] ? shares : _bonds[id]), "as much as there is");
        _bonds[id] -= taken;
        charged += taken;
        rewarded += pool.balanceOf(address(0xCAFE)) - before;
        reached["charge"]++;
    }

    function convict(uint256 seat) external step {
        // Rare, as every conviction takes an operator out of play for ever.
        if (seat % 100 > 6) return;
        sets.onConvicted(1, _seated[seat % 100]);
        reached["convict"]++;
    }

    function reserve(uint256 shares) external step {
        shares = bound(shares, 1, 0.2 ether);
        try sets.reserve(1, shares) {
            if (_reserved == 0) _reservedAt = _present;
            _reserved += shares;
            reached["reserve"]++;
        } catch (bytes memory reason) {
            expectRefusal(reason);
        }
    }

    function endReserve(uint256 luck) external step {
        if (_reserved == 0) return;
        if (luck % 4 == 0) {
            sets.burnReserved(1, _reservedAt, _reserved);
            sets.liftBar(1);
            for (uint256 i = 0; i < 7; i++) {
                uint256 id = _holders[_reservedAt][i];
                uint256 taken = _reserved < _bonds[id] ? _reserved : _bonds[id];
                _bonds[id] -= taken;
                charged += taken;
            }
            reached["lost predeposit"]++;
        } else {
            sets.release(1, _reserved);
            reached["proven predeposit"]++;
        }
        _reserved = 0;
    }

    function changeRate(uint256 rate) external step {
        pool.setRate(bound(rate, 0.9 ether, 1.2 ether));
        reached["rate"]++;
    }

    /// @dev I14. Of a sharing that signs for a live key, at most three holders may be without a lock.
    function checkNoFourFreeHoldersOfAShare() external view {
        for (uint256 g = 0; g <= _latest; g++) {
            if (_freeHolders(g) > 3) check(!_signs(g), "I14: four free holders could sign");
        }
    }

    /// @dev I18, the registry's part.
    function checkSharesAddUp() external view {
        uint256 sum;
        for (uint256 id = 1; id <= OPERATORS; id++) {
            check(registry.bondOf(id) == _bonds[id], "bond");
            (uint256 unbonding, ) = registry.unbondingOf(id);
            check(unbonding <= _bonds[id], "no more on its way than there is");
            sum += _bonds[id];
        }
        check(pool.balanceOf(address(registry)) == sum, "the registry holds the bonds");
        check(sum + charged + withdrawn == bonded && charged <= bonded, "charges are bounded by bonds");
        check(pool.burnedBonds() + rewarded == charged, "charges are burned or rewarded");
    }

    function checkRequirementsAreSums() external view {
        check(sets.stakeWei(1) == _stakeWei && sets.reservedPerSeat(1) == _reserved, "stake and reserve");
        for (uint256 id = 1; id <= OPERATORS; id++) {
            (uint256 seatShares, uint256 leavingShares) = sets.lockedSharesOf(id);
            check(seatShares + leavingShares >= _heldShares(id), "all that must be is locked");
        }
    }

    function _left(uint256 id) private {
        if (_inPlace[id] || _owedWei[id] < _seatWei()) _owedWei[id] = _seatWei();
        _inPlace[id] = false;
        _leftAt[id] = block.timestamp;
    }

    function _wouldBeFourth(uint256 id) private view returns (bool) {
        if (_sits(id)) return false;
        for (uint256 g = _exempt[id]; g <= _latest; g++) {
            for (uint256 i = 0; i < 7; i++) {
                if (_holders[g][i] == id && _freeHolders(g) >= 3 && _signs(g)) return true;
            }
        }
        return false;
    }

    function _freeHolders(uint256 g) private view returns (uint256 free) {
        for (uint256 i = 0; i < 7; i++) {
            uint256 id = _holders[g][i];
            if (_owedWei[id] == 0 && !_sits(id) && _exempt[id] <= g) free++;
        }
    }

    /// @dev Its bond is held for a seat, present or named.
    function _sits(uint256 id) private view returns (bool) {
        for (uint256 i = 0; i < 7; i++) {
            if (_seated[i] == id) return !_inPlace[id] && !_releasedInPlace[id];
            if (_pending && _named[i] == id) return true;
        }
        return false;
    }

    /// @dev By hand: base and 25 bps for a seat, and what it left behind.
    function _heldShares(uint256 id) private view returns (uint256) {
        uint256 owedWei = _owedWei[id] + (_sits(id) ? _seatWei() : 0);
        return pool.convertToShares(owedWei);
    }

    function _seatWei() private view returns (uint256) {
        return 1 ether + (_stakeWei * 25) / 10_000;
    }

    /// @dev Whether a key lives that the sharing has shares of.
    function _signs(uint256 g) private view returns (bool) {
        for (uint256 i = 0; i < _keys.length; i++) {
            if (_keys[i].bornIn == g || _keys[i].namedBefore < g) return true;
        }
        return false;
    }
}
