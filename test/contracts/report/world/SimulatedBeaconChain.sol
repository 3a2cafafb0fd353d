// SPDX-License-Identifier: MIT
pragma solidity 0.8.37;

import {IBeaconVerifier} from "../../../../contracts/interfaces/IBeaconVerifier.sol";
import {SSZ} from "../../../../contracts/libraries/SSZ.sol";
import {Gwei, toGwei} from "../../../../contracts/libraries/Units.sol";
import {Vm} from "../../support/Test.sol";

/// @dev A beacon chain in miniature: validators, the queue of deposits, withdrawals. It keeps to Ethereum's order: block N
/// executes, then its withdrawals are paid, then its deposits and requests enter the state; that state is the parent of
/// block N + 1. It is the deposit contract too. Balances are moved by the test; no proof, signature or penalty is real.
abstract contract SimulatedBeaconChain is IBeaconVerifier {
    /// @param fromPoolGwei Part of the deposits that ValidatorManager sent, not strangers: what tests compare with.
    struct Account {
        bytes32 pubkeyRoot;
        bytes32 credentials;
        uint64 balanceGwei;
        bool slashed;
        uint64 exitEpoch;
        uint64 withdrawableEpoch;
        uint64 fromPoolGwei;
    }

    struct Pending {
        bytes32 pubkeyRoot;
        bytes32 credentials;
        uint64 amountGwei;
        uint64 slot;
        bool fromPool;
    }

    struct State {
        Account[] accounts;
        Pending[] queue;
    }

    uint64 public constant FAR_FUTURE = type(uint64).max;
    uint64 public constant SECONDS_PER_SLOT = 12;
    uint64 public constant SLOTS_PER_EPOCH = 4;
    uint64 public constant WITHDRAWABILITY_DELAY = 3;
    uint64 public constant MAX_BALANCE_GWEI = 2_048e9;
    Vm private constant VM = Vm(address(uint160(uint256(keccak256("hevm cheat code")))));

    uint64 public immutable GENESIS_TIME;
    address public vault;
    address public manager;

    /// @dev Slot of the block that executes now.
    uint64 public slot = 1;

    /// @dev Slot of the parent of the block that executes at a time.
    mapping(uint64 timestamp => uint64) public parentSlot;
    mapping(uint64 parentSlot => uint64 timestamp) public childTimestamp;

    Account[] internal _accounts;
    Pending[] internal _queue;
    Pending[] private _incoming;
    mapping(bytes32 pubkeyRoot => uint256) private _indexPlusOne;
    mapping(uint64 slot => State) internal _states;

    error DepositTooSmall();

    constructor() {
        GENESIS_TIME = uint64(block.timestamp) - SECONDS_PER_SLOT;
        _remember(0);
    }

    function connect(address vault_, address manager_) external {
        vault = vault_;
        manager = manager_;
    }

    /// @dev The deposit contract. Signatures are not checked: invalid ones are no matter of these tests.
    function deposit(bytes calldata pubkey, bytes calldata credentials, bytes calldata, bytes32) external payable {
        if (msg.value < 1 ether) revert DepositTooSmall();
        uint64 amountGwei = Gwei.unwrap(toGwei(msg.value));
        _incoming.push(Pending(SSZ.pubkeyRoot(pubkey), bytes32(credentials), amountGwei, slot, msg.sender == manager));
    }

    /// @dev Excess of a consolidation or the like: an entry with slot 0 that somebody else pays for.
    function queueWithoutSlot(bytes32 pubkeyRoot, bytes32 credentials, uint64 amountGwei) external {
        _incoming.push(Pending(pubkeyRoot, credentials, amountGwei, 0, false));
    }

    /// @dev Ends the block that executes and begins the next one, `skipped` slots later.
    /// @param takes Deposits that the state takes from its queue, at most.
    /// @param order Which of the queue's entries go first: real queues re-order by churn and postponement.
    function nextBlock(uint64 skipped, uint256 takes, uint256 order) external {
        _pay();
        _takeDeposits(takes, order);
        for (uint256 i = 0; i < _incoming.length; i++) _queue.push(_incoming[i]);
        delete _incoming;
        uint64 parent = slot;
        slot += 1 + skipped;
        VM.warp(GENESIS_TIME + slot * SECONDS_PER_SLOT);
        _remember(parent);
    }

    function reward(uint256 index, uint64 amountGwei) external {
        _accounts[index].balanceGwei += amountGwei;
    }

    function penalize(uint256 index, uint64 amountGwei) external {
        Account storage account = _accounts[index];
        account.balanceGwei -= amountGwei < account.balanceGwei ? amountGwei : account.balanceGwei;
    }

    function exit(uint256 index) public {
        Account storage account = _accounts[index];
        if (account.exitEpoch != FAR_FUTURE) return;
        account.exitEpoch = epoch() + 1;
        account.withdrawableEpoch = account.exitEpoch + WITHDRAWABILITY_DELAY;
    }

    function slash(uint256 index) external {
        Account storage account = _accounts[index];
        exit(index);
        account.slashed = true;
        account.withdrawableEpoch += 2 * WITHDRAWABILITY_DELAY;
        account.balanceGwei -= account.balanceGwei / 4_096;
    }

    function epoch() public view returns (uint64) {
        return slot / SLOTS_PER_EPOCH;
    }

    function accountCount() external view returns (uint256) {
        return _accounts.length;
    }

    function queueLength() external view returns (uint256) {
        return _queue.length;
    }

    function accountAt(uint256 index) external view returns (Account memory) {
        return _accounts[index];
    }

    function accountIn(uint64 parent, uint256 index) external view returns (Account memory) {
        return _states[parent].accounts[index];
    }

    function queueIn(uint64 parent) external view returns (Pending[] memory) {
        return _states[parent].queue;
    }

    function accountCountIn(uint64 parent) external view returns (uint256) {
        return _states[parent].accounts.length;
    }

    /// @return index type(uint256).max for a key that the state does not have.
    function indexOf(bytes32 pubkeyRoot) external view returns (uint256 index) {
        unchecked {
            return _indexPlusOne[pubkeyRoot] - 1;
        }
    }

    function _pay() private {
        uint256 paidGwei = 0;
        for (uint256 i = 0; i < _accounts.length; i++) {
            Account storage account = _accounts[i];
            bool all = account.withdrawableEpoch <= epoch();
            uint64 kept = all ? 0 : MAX_BALANCE_GWEI;
            if (account.balanceGwei <= kept) continue;
            if (account.credentials == _ours()) paidGwei += account.balanceGwei - kept;
            account.balanceGwei = kept;
        }
        VM.deal(vault, vault.balance + paidGwei * 1 gwei);
    }

    function _takeDeposits(uint256 takes, uint256 order) private {
        for (; takes > 0 && _queue.length > 0; takes--) {
            uint256 position = order % _queue.length;
            order = uint256(keccak256(abi.encode(order)));
            Pending memory entry = _queue[position];
            uint256 known = _indexPlusOne[entry.pubkeyRoot];
            // A deposit to a leaving validator waits until that is withdrawable.
            if (known != 0 && _isLeaving(_accounts[known - 1])) continue;
            _queue[position] = _queue[_queue.length - 1];
            _queue.pop();
            if (known == 0) {
                _accounts.push(Account(entry.pubkeyRoot, entry.credentials, 0, false, FAR_FUTURE, FAR_FUTURE, 0));
                known = _indexPlusOne[entry.pubkeyRoot] = _accounts.length;
            }
            Account storage account = _accounts[known - 1];
            account.balanceGwei += entry.amountGwei;
            if (entry.fromPool) account.fromPoolGwei += entry.amountGwei;
        }
    }

    function _isLeaving(Account storage account) private view returns (bool) {
        return account.exitEpoch != FAR_FUTURE && account.withdrawableEpoch > epoch();
    }

    function _remember(uint64 parent) private {
        State storage state = _states[parent];
        for (uint256 i = 0; i < _accounts.length; i++) state.accounts.push(_accounts[i]);
        for (uint256 i = 0; i < _queue.length; i++) state.queue.push(_queue[i]);
        parentSlot[uint64(block.timestamp)] = parent;
        childTimestamp[parent] = uint64(block.timestamp);
    }

    function _ours() private view returns (bytes32) {
        return bytes32(uint256(0x02) << 248) | bytes32(uint256(uint160(vault)));
    }
}
