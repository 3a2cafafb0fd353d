// SPDX-License-Identifier: MIT
pragma solidity 0.8.37;

import {TimelockController} from "@openzeppelin/contracts/governance/TimelockController.sol";
import {Math} from "@openzeppelin/contracts/utils/math/Math.sol";
import {VoteToken} from "../../../contracts/governance/VoteToken.sol";
import {IBeaconVerifier} from "../../../contracts/interfaces/IBeaconVerifier.sol";
import {Parameter} from "../../../contracts/interfaces/IParameters.sol";
import {IPoolClosing} from "../../../contracts/interfaces/IPoolClosing.sol";
import {IValidatorExits} from "../../../contracts/interfaces/IValidatorExits.sol";
import {SSZ} from "../../../contracts/libraries/SSZ.sol";
import {WITHDRAWAL_REQUESTS_CODE} from "../exits/predeploys.sol";
import {SimulatedQueue} from "../governance/SimulatedQueue.sol";
import {RegistryOfAnyone} from "../operators/OperatorsTest.sol";
import {wiringOf} from "../support/WiringOf.sol";
import {StopsLedger} from "./StopsLedger.sol";

/// @dev Lets stops begin, overlap and end while holders, reports and time go on. After each act it tries rows of the table,
/// undoes them, and compares with the ledger. Who calls for a stop is simulated: their reasons have tests of their own.
contract StopsHandler is StopsLedger {
    uint256 private constant SLOT = 12;
    address private constant OTHER = address(0x07E2);
    address private constant WITHDRAWALS = 0x00000961Ef480Eb55e80D19ad83579A64c007002;

    VoteToken public immutable VOTES;
    RegistryOfAnyone public immutable BONDS;

    /// @dev One waits for its predeposit, the other for its top-up.
    bytes private _verified = abi.encodePacked(keccak256("verified"), bytes16(0));
    bytes private _proven = abi.encodePacked(keccak256("proven"), bytes16(0));

    uint256 private _acts;

    /// @dev Closing is for ever, so some games come to it late.
    uint256 private _openActs;

    /// @dev Rows that were tried in a state, as bits.
    uint256[STATES] private _tried;

    bool private _trying;

    error Undone();

    constructor() payable {
        vm.etch(WITHDRAWALS, WITHDRAWAL_REQUESTS_CODE);
        VOTES = new VoteToken(wiringOf(address(POOL), DAY), TimelockController(payable(address(new SimulatedQueue()))));
        BONDS = new RegistryOfAnyone(wiringOf(address(POOL), DAY));
        vm.deal(address(this), 1e6 ether);
        POOL.deposit{value: 3_000 ether}(3_000 ether, address(this));
        POOL.approve(address(VOTES), type(uint256).max);
        POOL.approve(address(BONDS), type(uint256).max);
        VOTES.depositFor(address(this), 10 ether);
        BONDS.add(address(this));

        MANAGER.insertVerifiedKey(SET, _verified, new bytes(96));
        MANAGER.insertVerifiedKey(SET, _proven, new bytes(96));
        MANAGER.predeposit(_proven, new bytes(96));
        _clockAt = block.timestamp;
        CHAIN.nextBlock(0, 0, 0);
        CHAIN.nextBlock(0, 1, 0);
        CHAIN.nextBlock(0, 0, 0);
        MANAGER.proveCredentials(SSZ.pubkeyRoot(_proven), _anchor(), _proof());
    }

    function act(uint256 seed) external step {
        if (_acts++ == 0) _openActs = bound(seed, 10, 220);
        for (uint256 i = 0; i < 4; i++) {
            seed = uint256(keccak256(abi.encode(seed, _acts)));
            _move((seed >> 248) % 32, seed);
        }
        if (seed % 2 == 0) _onlyOne((seed >> 8) % 6, seed >> 16);
        _tryRows(seed >> 24);
    }

    /// @dev For `_try` alone. Always reverts: what is only tried must not have happened.
    function attempt(uint256 number) external {
        // The runner calls in any name, the handler's own too.
        if (!_trying) return;
        Row row = Row(number);
        if (row <= Row.RequestRedemption) _asHolder(row);
        else if (row <= Row.MintFees) _asKeeper(row);
        else if (row <= Row.RequestExit) _forValidators(row);
        else _asGovernance(row);
        revert Undone();
    }

    /// @dev Rows that were not tried in this state come first.
    function _tryRows(uint256 first) private {
        uint256 state = _state();
        uint256 left = 4;
        for (uint256 i = 0; i < ROWS && left > 0; i++) {
            uint256 row = (first + i) % ROWS;
            if ((_tried[state] >> row) & 1 == 1 || !_isReady(Row(row))) continue;
            _tried[state] |= 1 << row;
            reached[pathOf(row, state)]++;
            _try(Row(row), state);
            left--;
        }
        Row any = Row((first >> 8) % ROWS);
        if (_isReady(any)) _try(any, state);
    }

    function _try(Row row, uint256 state) private {
        _trying = true;
        try this.attempt(uint256(row)) {
            check(false, "undone");
        } catch (bytes memory reason) {
            bool wentOn = bytes4(reason) == Undone.selector;
            _trying = false;
            if (!wentOn) expectRefusal(reason);
            if (wentOn != _isStopped(row)) return;
            check(false, string.concat("I16: ", pathOf(uint256(row), state), wentOn ? ": went on" : ": was stopped"));
        }
    }

    // Rows of the table

    function _asHolder(Row row) private {
        if (row == Row.Deposit) POOL.deposit{value: 1 ether}(1 ether, address(this));
        else if (row == Row.Mint) POOL.mint{value: 2 ether}(1 ether, address(this));
        else if (row == Row.BondWithEther) BONDS.bondEther{value: 1 ether}(1);
        else if (row == Row.BondWithShares) BONDS.bond(1, 1 ether);
        else if (row == Row.Transfer) POOL.transfer(OTHER, 1 ether);
        else POOL.requestRedeem(1 ether, address(this), address(this));
    }

    function _asKeeper(Row row) private {
        if (row == Row.Fill) POOL.fill(100);
        else if (row == Row.Claim) POOL.redeem(_filledShares, address(this), address(this));
        else if (row == Row.StartReport) REPORT.start();
        else if (row == Row.FinishReport) _proveAndFinish();
        else POOL.mintFees();
    }

    function _forValidators(Row row) private {
        if (row == Row.RequestKeys) {
            MANAGER.requestKeys(SET + 1, 1);
        } else if (row == Row.Predeposit) {
            MANAGER.predeposit(_verified, new bytes(96));
        } else if (row == Row.TopUp) {
            MANAGER.topUp(_proven, 32 ether, _anchor(), _proof(), CHAIN.balanceProof(0));
        } else {
            IValidatorExits.KeyEvidence memory evidence = IValidatorExits.KeyEvidence({
                pubkey: _proven,
                validator: _proof(),
                balances: CHAIN.balanceProof(0)
            });
            EXITS.requestExit{value: 1 ether}(IValidatorExits.Reason.Governance, _anchor(), evidence);
        }
    }

    function _asGovernance(Row row) private {
        if (row == Row.Votes) {
            VOTES.depositFor(address(this), 1 ether);
            VOTES.requestUnlock(1 ether);
        } else if (row == Row.SetParameter) {
            PARAMETERS.set(Parameter.FeeBps, 900);
        } else if (row == Row.ExitWithoutProof) {
            EXITS.requestExitAfterClosing{value: 1 ether}(_proven);
        } else if (row == Row.LockAndDraw) {
            POOL.lock(1 ether);
            POOL.draw(OTHER);
        } else {
            VOTES.withdrawTo(address(this), 1 ether);
        }
    }

    // Moves

    function _move(uint256 kind, uint256 seed) private {
        if (kind < 10) _changeStops(kind, seed);
        else if (kind < 18) _wait(seed);
        else if (kind < 21) _deposit();
        else if (kind < 24) _request(seed);
        else if (kind < 26) _fill();
        else if (kind == 26) _claim(seed);
        else if (kind < 29) _start(seed);
        else if (kind < 31) _finish();
        else _close(seed);
    }

    function _changeStops(uint256 kind, uint256 seed) private {
        if (kind >= 6) return _endStop(kind);
        uint64 until = uint64(block.timestamp + SLOT * bound(seed, 1, 2 * (DAY / SLOT)));
        if (kind < 2) _freeze(until);
        else if (kind == 2) _pause(until);
        else if (kind == 3) _quarantine(until);
        else _setTopUpLeaving(true);
    }

    /// @dev Rare otherwise: all stops end but one, or all. By chance a report is open then, or may be started.
    function _onlyOne(uint256 which, uint256 seed) private {
        for (uint256 kind = 6; kind < 9; kind++) _endStop(kind);
        _quarantine(uint64(block.timestamp));
        if (block.timestamp >= _staleAt()) {
            _start(seed);
            _finish();
        }
        if (seed % 3 < 2 && block.timestamp < _startableAt) _pass(Math.ceilDiv(_startableAt - block.timestamp, SLOT));
        _beginStop(which);
        if (seed % 3 == 0) _start(seed);
    }

    function _beginStop(uint256 which) private {
        uint64 until = uint64(block.timestamp + DAY);
        if (which == 1) _freeze(until);
        else if (which == 2) _pause(until);
        else if (which == 3) _quarantine(until);
        else if (which == 4) _setTopUpLeaving(true);
        else if (which == 5 && block.timestamp < _staleAt()) _pass((_staleAt() - block.timestamp) / SLOT);
    }

    function _freeze(uint64 until) private {
        vm.prank(address(SLASHINGS));
        POOL.freeze(until);
        _frozenUntil = until;
    }

    function _pause(uint64 until) private {
        POOL.pause(until);
        _pausedUntil = until;
    }

    /// @dev As VerifierReplacement, whose part the chain plays.
    function _quarantine(uint64 until) private {
        vm.prank(address(CHAIN));
        POOL.quarantine(until);
        _quarantinedUntil = until;
    }

    function _endStop(uint256 kind) private {
        if (kind == 6) {
            vm.prank(address(SLASHINGS));
            POOL.unfreeze();
            _frozenUntil = 0;
        } else if (kind == 7) {
            _pause(uint64(block.timestamp));
        } else {
            _setTopUpLeaving(false);
        }
    }

    function _setTopUpLeaving(bool leaving) private {
        vm.prank(address(MANAGER));
        POOL.setTopUpLeaving(leaving);
        _topUpLeaving = leaving;
    }

    /// @dev By chance, to the very second in which something changes, or to the slot before it.
    function _wait(uint256 seed) private {
        uint256[5] memory ends = [_frozenUntil, _pausedUntil, _quarantinedUntil, _staleAt(), _startableAt];
        uint256 end = ends[(seed >> 8) % 5];
        uint256 slots = 1 + ((seed >> 16) % 20);
        if (seed % 2 == 0 && end > block.timestamp) slots = (end - block.timestamp) / SLOT;
        if (seed % 4 == 0 && slots > 1) slots--;
        // A report may start in the middle of a slot.
        _pass(slots == 0 ? 1 : slots);
    }

    function _deposit() private {
        if (_isStopped(Row.Deposit)) return;
        POOL.deposit{value: 1 ether}(1 ether, address(this));
        reached["deposited"]++;
    }

    function _request(uint256 seed) private {
        if (_closed) return;
        uint256 shares = bound(seed, 0.1 ether, 2 ether);
        POOL.requestRedeem(shares, address(this), address(this));
        _currentShares += shares;
        reached["requested"]++;
    }

    function _fill() private {
        if (!_isReady(Row.Fill) || _isStopped(Row.Fill)) return;
        POOL.fill(100);
        (_filledShares, _waitingShares) = (_filledShares + _waitingShares, 0);
        reached["filled"]++;
    }

    function _claim(uint256 seed) private {
        if (_filledShares == 0) return;
        uint256 shares = bound(seed, 1, _filledShares);
        POOL.redeem(shares, address(this), address(this));
        _filledShares -= shares;
        reached["claimed"]++;
    }

    function _start(uint256 seed) private {
        if (_closed || !_isReady(Row.StartReport)) return;
        // News for the report: a gain is streamed, and its fees are minted.
        CHAIN.reward(0, uint64(seed % 1e8));
        CHAIN.nextBlock(0, 0, 0);
        _cut = _parent();
        REPORT.start();
        _reportOpen = true;
        _startableAt = block.timestamp + DAY / 4;
        (_waitingShares, _currentShares) = (_waitingShares + _currentShares, 0);
        reached["started"]++;
    }

    function _finish() private {
        if (_closed || !_reportOpen) return;
        _proveAndFinish();
        _reportOpen = false;
        _clockAt = block.timestamp;
        _startableAt = block.timestamp + INTERVAL;
        reached["finished"]++;
    }

    /// @dev Requests wait and a report is open when the pool is closed, mostly.
    function _close(uint256 seed) private {
        if (_closed || _acts < _openActs) return;
        _request(seed);
        _pass(DAY / SLOT);
        _start(seed);
        uint256 closableAt = _closableAt();
        _pass((closableAt - block.timestamp) / SLOT - 1);
        try POOL.close() {
            check(false, "closed before the time");
        } catch (bytes memory reason) {
            check(bytes4(reason) == IPoolClosing.ClosableLater.selector, "closable later");
        }
        _pass(1);
        POOL.close();
        _closed = true;
    }

    function _proveAndFinish() private {
        REPORT.prove(CHAIN.headerOf(_cut), CHAIN.balancesProof(0, 1));
        REPORT.finish();
    }

    function _pass(uint256 slots) private {
        CHAIN.nextBlock(uint64(slots - 1), 0, 0);
    }

    function _proof() private view returns (IBeaconVerifier.ValidatorProof memory) {
        return CHAIN.validatorProof(_parent(), 0);
    }
}
