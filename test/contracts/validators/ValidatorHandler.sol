// SPDX-License-Identifier: MIT
pragma solidity 0.8.37;

import {IBeaconVerifier} from "../../../contracts/interfaces/IBeaconVerifier.sol";
import {IValidatorExits} from "../../../contracts/interfaces/IValidatorExits.sol";
import {IValidatorRecords} from "../../../contracts/interfaces/IValidatorRecords.sol";
import {SSZ} from "../../../contracts/libraries/SSZ.sol";
import {WITHDRAWAL_REQUESTS_CODE} from "../exits/predeploys.sol";
import {SimulatedBeaconChain} from "../report/world/SimulatedBeaconChain.sol";
import {ValidatorBook} from "./ValidatorBook.sol";

/// @dev Takes keys of three sets through lives of six kinds, with calls out of turn between them.
contract ValidatorHandler is ValidatorBook {
    uint256 private constant KEYS = 12;
    uint256 private constant FATES = 6;
    uint256 private constant TOP_UP_WEI = 64 ether;
    bytes32 private constant FOREIGN = bytes32(uint256(0x02) << 248) | bytes32(uint256(0x666));
    address private constant WITHDRAWALS = 0x00000961Ef480Eb55e80D19ad83579A64c007002;

    uint256 private _acts;

    constructor() payable {
        vm.etch(WITHDRAWALS, WITHDRAWAL_REQUESTS_CODE);
        vm.deal(address(this), 10_000 ether);
        POOL.deposit{value: 3_000 ether}(3_000 ether, address(this));
        for (uint256 i = 0; i < KEYS; i++) _addKey();
        _compare();
    }

    /// @dev Many acts in each call: a life has a dozen.
    function act(uint256 seed) external step {
        for (uint256 i = 0; i < 16; i++) {
            seed = uint256(keccak256(abi.encode(seed, _acts++)));
            _act(seed % 16, seed >> 8);
            _compare();
        }
    }

    function _act(uint256 kind, uint256 seed) private {
        if (kind < 8) _live(_keys[seed % _keys.length], seed >> 8);
        else if (kind < 11) _report(seed);
        else if (kind < 13) _block(uint64(DAY / 12), seed % 3, seed);
        else if (kind == 13) _block(uint64(seed % 3), (seed >> 8) % 4, seed);
        else if (kind == 14) _deposit();
        else _outOfTurn(_keys[seed % _keys.length], seed >> 8);
    }

    // Lives

    function _addKey() private {
        Key storage key = _keys.push();
        uint256 number = _keys.length - 1;
        key.pubkey = abi.encodePacked(keccak256(abi.encode(number)), bytes16(0));
        key.id = SSZ.pubkeyRoot(key.pubkey);
        key.setId = 1 + (number % 3);
        key.fate = number % FATES;
        MANAGER.insertVerifiedKey(uint32(key.setId), key.pubkey, new bytes(96));
    }

    function _live(Key storage key, uint256 seed) private {
        IValidatorRecords.ValidatorState state = key.state;
        if (state == IValidatorRecords.ValidatorState.KeyVerified) _begin(key);
        else if (state == IValidatorRecords.ValidatorState.Predeposited) _bringUp(key);
        else if (state == IValidatorRecords.ValidatorState.Proven) _fund(key);
        else if (state == IValidatorRecords.ValidatorState.Active) _leave(key);
        else if (state == IValidatorRecords.ValidatorState.Withdrawn) _forget(key);
        else if (key.inFlightWei > 0 && seed % 3 > 0) _show(key);
        else _end(key);
    }

    /// @dev Fate 0 is deposited for by a stranger first, fate 1 waits until it expires.
    function _begin(Key storage key) private {
        if (key.fate == 1) return _expire(key);
        if (key.fate == 0 && CHAIN.indexOf(key.id) == type(uint256).max) {
            CHAIN.deposit{value: 1 ether}(key.pubkey, abi.encodePacked(FOREIGN), new bytes(96), 0);
            CHAIN.nextBlock(0, 0, 0);
            CHAIN.nextBlock(0, CHAIN.queueLength(), 0);
        }
        _predeposit(key);
    }

    /// @dev Fate 2 leaves before anybody proved it.
    function _bringUp(Key storage key) private {
        if (key.fate == 0) return _proveForeign(key);
        if (_indexOf(key.id) == FAR_FUTURE) return;
        if (key.fate != 2) return _proveCredentials(key);
        _exitOnChain(key);
        _recordExit(key);
    }

    /// @dev Fates 3 and 4 leave while the top-up is on its way, 3 by our request and 4 slashed.
    function _fund(Key storage key) private {
        if (key.sentWei == 1 ether) _topUp(key);
        if (key.sentWei == 1 ether) return;
        if (key.fate == 3) {
            _requestExit(key);
            _exitOnChain(key);
            _recordExit(key);
        } else if (key.fate == 4) {
            CHAIN.slash(CHAIN.indexOf(key.id));
            CHAIN.nextBlock(0, 0, 0);
            _recordSlashed(key);
            _recordExit(key);
        } else {
            _activate(key);
        }
    }

    function _leave(Key storage key) private {
        if (key.inFlightWei > 0) return;
        _requestExit(key);
        _exitOnChain(key);
        _recordExit(key);
    }

    function _end(Key storage key) private {
        try SLASHINGS.settle(key.id) {} catch (bytes memory reason) {
            expectRefusal(reason);
        }
        _recordWithdrawn(key);
    }

    /// @dev Any call for any key: the contract alone decides whether its time has come.
    function _outOfTurn(Key storage key, uint256 seed) private {
        if (seed & 1 == 0) _upOutOfTurn(key, (seed >> 1) % 5);
        else _downOutOfTurn(key, (seed >> 1) % 6);
    }

    function _upOutOfTurn(Key storage key, uint256 kind) private {
        if (kind == 0) _predeposit(key);
        else if (kind == 1) _proveCredentials(key);
        else if (kind == 2) _topUp(key);
        else if (kind == 3) _activate(key);
        else _show(key);
    }

    function _downOutOfTurn(Key storage key, uint256 kind) private {
        if (kind == 0) _proveForeign(key);
        else if (kind == 1) _expire(key);
        else if (kind == 2) _requestExit(key);
        else if (kind == 3) _recordExit(key);
        else if (kind == 4) _recordSlashed(key);
        else _recordWithdrawn(key);
    }

    // Calls, each with what it does to the ledger

    function _predeposit(Key storage key) private {
        try MANAGER.predeposit(key.pubkey, new bytes(96)) {
            key.sentWei = key.inFlightWei = 1 ether;
        } catch (bytes memory reason) {
            expectRefusal(reason);
        }
    }

    function _proveCredentials(Key storage key) private {
        if (_indexOf(key.id) == FAR_FUTURE) return;
        try MANAGER.proveCredentials(key.id, _anchor(), _proof(key)) {
            _creditPredeposit(key);
            if (REPORT.isOpen()) reached["proven while a report is open"]++;
        } catch (bytes memory reason) {
            expectRefusal(reason);
        }
    }

    function _proveForeign(Key storage key) private {
        if (_indexOf(key.id) == FAR_FUTURE) return;
        try MANAGER.proveForeign(key.id, _anchor(), _proof(key)) {
            (key.lostWei, key.inFlightWei) = (key.inFlightWei, 0);
        } catch (bytes memory reason) {
            expectRefusal(reason);
        }
    }

    function _expire(Key storage key) private {
        try MANAGER.expireKey(key.id) {} catch (bytes memory reason) {
            expectRefusal(reason);
        }
    }

    function _topUp(Key storage key) private {
        if (_indexOf(key.id) == FAR_FUTURE) return;
        uint64 balanceGwei = CHAIN.accountIn(_parent(), _indexOf(key.id)).balanceGwei;
        IBeaconVerifier.BalancesProof memory balance = CHAIN.balanceProof(_indexOf(key.id));
        try MANAGER.topUp(key.pubkey, TOP_UP_WEI, _anchor(), _proof(key), balance) {
            key.sentWei += TOP_UP_WEI;
            key.inFlightWei += TOP_UP_WEI;
            key.storedGwei = balanceGwei;
            key.topUpReport = REPORT.number();
        } catch (bytes memory reason) {
            expectRefusal(reason);
        }
    }

    function _activate(Key storage key) private {
        if (_indexOf(key.id) == FAR_FUTURE) return;
        try MANAGER.recordActivation(key.id, _anchor(), _proof(key)) {} catch (bytes memory reason) {
            expectRefusal(reason);
        }
    }

    function _requestExit(Key storage key) private {
        if (_indexOf(key.id) == FAR_FUTURE) return;
        IValidatorExits.KeyEvidence memory evidence = IValidatorExits.KeyEvidence({
            pubkey: key.pubkey,
            validator: _proof(key),
            balances: CHAIN.balanceProof(_indexOf(key.id))
        });
        bool flies = key.inFlightWei > 0;
        try EXITS.requestExit{value: 1 ether}(IValidatorExits.Reason.Governance, _anchor(), evidence) {
            if (flies) reached["exit requested with a top-up in flight"]++;
        } catch (bytes memory reason) {
            expectRefusal(reason);
        }
    }

    function _recordExit(Key storage key) private {
        if (_indexOf(key.id) == FAR_FUTURE) return;
        bool early = key.state == IValidatorRecords.ValidatorState.Predeposited;
        try MANAGER.recordExit(key.id, _anchor(), _proof(key)) {
            if (early) {
                _creditPredeposit(key);
                reached["left before it was proven"]++;
            }
            key.withdrawableEpoch = CHAIN.accountIn(_parent(), _indexOf(key.id)).withdrawableEpoch;
            if (key.inFlightWei > 0) reached["leaving with a top-up in flight"]++;
        } catch (bytes memory reason) {
            expectRefusal(reason);
        }
    }

    function _recordSlashed(Key storage key) private {
        if (_indexOf(key.id) == FAR_FUTURE) return;
        try SLASHINGS.recordSlashed(key.id, _anchor(), _proof(key)) {
            if (key.inFlightWei > 0) reached["slashed with a top-up in flight"]++;
        } catch (bytes memory reason) {
            expectRefusal(reason);
        }
    }

    function _show(Key storage key) private {
        SimulatedBeaconChain.Pending[] memory queue = CHAIN.queueIn(_parent());
        for (uint256 i = 0; i < queue.length; i++) {
            if (queue[i].pubkeyRoot != key.id) continue;
            try MANAGER.provePendingTopUp(key.id, _anchor(), CHAIN.pendingProof(_parent(), i)) {
                key.shownIn = REPORT.number();
                reached["shown in the queue"]++;
            } catch (bytes memory reason) {
                expectRefusal(reason);
            }
        }
    }

    function _recordWithdrawn(Key storage key) private {
        if (_indexOf(key.id) == FAR_FUTURE) return;
        IBeaconVerifier.BalancesProof memory balance = CHAIN.balanceProof(_indexOf(key.id));
        try MANAGER.recordWithdrawn(key.id, _anchor(), _proof(key), balance) {
            if (key.givenUpWei > 0) reached["withdrawn after its top-up was given up"]++;
        } catch (bytes memory reason) {
            expectRefusal(reason);
        }
    }

    function _forget(Key storage key) private {
        try MANAGER.forget(key.id) {
            reached["forgotten after a report"]++;
        } catch (bytes memory reason) {
            expectRefusal(reason);
        }
    }

    function _deposit() private {
        bool stopped = _leavingInFlight() > 0;
        try POOL.deposit{value: 1 ether}(1 ether, address(this)) {
            check(!stopped, "exit with top-up in flight: somebody bought");
        } catch {
            if (stopped) reached["deposit refused while a top-up leaves"]++;
        }
    }

    // Reports

    function _report(uint256 seed) private {
        if (!REPORT.isOpen() || seed % 8 == 0) {
            if (block.timestamp < REPORT.startableAt()) return;
            REPORT.start();
            _cut = _parent();
            // Keepers show what waits, or are asleep.
            for (uint256 i = 0; seed & 16 == 0 && i < _keys.length; i++) _show(_keys[i]);
            return;
        }
        uint256 count = CHAIN.accountCountIn(_cut);
        if (count > 0) {
            REPORT.prove(CHAIN.headerOf(_cut), CHAIN.balancesProof(0, (count + 3) / 4));
            for (uint256 i = 0; i < _keys.length; i++) _settle(_keys[i]);
        }
        if (REPORT.provenCount() == REPORT.validatorCount()) REPORT.finish();
        else reached["undecided until the grace is over"]++;
    }

    // The chain

    function _block(uint64 skipped, uint256 takes, uint256 order) private {
        CHAIN.nextBlock(skipped, takes, order);
    }

    function _exitOnChain(Key storage key) private {
        CHAIN.exit(CHAIN.indexOf(key.id));
        CHAIN.nextBlock(0, 0, 0);
    }

    function _proof(Key storage key) private view returns (IBeaconVerifier.ValidatorProof memory) {
        return CHAIN.validatorProof(_parent(), _indexOf(key.id));
    }
}
